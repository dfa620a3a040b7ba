/** The transforms of a recipe: how a sample becomes a tensor, in training and in evaluation. */
import type { Dataset } from '../../data/index.ts';
import type { Transform } from '../../transforms/index.ts';
import { type ClassificationPreset, presetChannels } from '../../transforms/preset.ts';
import type { Recipe } from './recipe.ts';

/** Pictures up to this size are cropped out of a frame of padding, larger ones resized and cropped. */
const SMALL = 64;

export type ListChoice = Pick<Recipe, 'size' | 'augment' | 'transforms' | 'evaluationTransforms' | 'mean' | 'std' | 'erasing'>;

export interface Lists {
  readonly transforms: readonly Transform[];
  readonly evaluationTransforms: readonly Transform[];
}

/** Height and width of the network's pictures: what was asked for, else the preset's, else the data's own. */
export function sizeOf(choice: ListChoice, dataset: Dataset, preset: ClassificationPreset | undefined): number {
  const { size } = dataset.format;
  return choice.size ?? preset?.crop ?? (size ? Math.min(size.width, size.height) : 224);
}

/** @param preset of the weights that training starts from */
export function listsOf(choice: ListChoice, dataset: Dataset, preset?: ClassificationPreset): Lists {
  const size = sizeOf(choice, dataset, preset);
  const numbers = numbersOf(choice, dataset.format.channels, preset);
  const erasing: Transform[] = choice.erasing ? [{ kind: 'randomErasing', p: choice.erasing }] : [];
  return {
    transforms: choice.transforms ?? [...pictures(choice, size, dataset, preset), ...numbers, ...erasing],
    evaluationTransforms: choice.evaluationTransforms ?? [...straight(size, dataset, preset), ...numbers],
  };
}

/**
 * The evaluation's preprocessing as a preset, with which pictures of any size are classified; undefined for lists of one's own,
 * which may be none.
 */
export function presetOf(
  choice: ListChoice,
  dataset: Dataset,
  preset: ClassificationPreset | undefined,
): ClassificationPreset | undefined {
  if (choice.evaluationTransforms) return undefined;
  const { channels } = dataset.format;
  const like = preset && presetChannels(preset) === channels ? preset : undefined;
  const crop = sizeOf(choice, dataset, preset);
  const each = (value: number): number[] => new Array<number>(channels).fill(value);
  return {
    kind: 'classification',
    resize: preset ? Math.round((crop * preset.resize) / preset.crop) : crop,
    crop,
    interpolation: preset?.interpolation ?? 'bilinear',
    mean: choice.mean ?? like?.mean ?? each(0.5),
    std: choice.std ?? like?.std ?? each(0.25),
    ...(like?.range ? { range: like.range } : {}),
    channels: channels === 1 ? 'gray' : (like?.channels ?? 'rgb'),
  } as ClassificationPreset;
}

function numbersOf({ mean, std }: ListChoice, channels: 1 | 3, preset: ClassificationPreset | undefined): Transform[] {
  const each = (value: number): number[] => new Array<number>(channels).fill(value);
  const like = preset && presetChannels(preset) === channels ? preset : undefined;
  return [
    {
      kind: 'toTensor',
      ...(like?.range ? { range: like.range } : {}),
      ...(like?.channels === 'bgr' ? { order: 'bgr' as const } : {}),
    },
    { kind: 'normalize', mean: mean ?? like?.mean ?? each(0.5), std: std ?? like?.std ?? each(0.25) },
  ];
}

/** Without chance: the short side to the preset's share of the size, and the middle. */
function straight(size: number, dataset: Dataset, preset: ClassificationPreset | undefined): Transform[] {
  const own = dataset.format.size;
  if (own?.width === size && own.height === size) return [];
  const resize = preset ? Math.round((size * preset.resize) / preset.crop) : size;
  return [
    { kind: 'resize', size: resize, ...(preset ? { interpolation: preset.interpolation } : {}) },
    { kind: 'centerCrop', size },
  ];
}

function pictures(choice: ListChoice, size: number, dataset: Dataset, preset: ClassificationPreset | undefined): Transform[] {
  if (choice.augment === 'none') return straight(size, dataset, preset);
  const flip: Transform = { kind: 'horizontalFlip' };
  if (choice.augment === 'flip') return [...straight(size, dataset, preset), flip];
  const small = size <= SMALL;
  const place: Transform[] = small
    ? [...straight(size, dataset, preset), { kind: 'randomCrop', size, padding: Math.max(1, Math.round(size / 8)) }]
    : [{ kind: 'randomResizedCrop', size, ...(preset ? { interpolation: preset.interpolation } : {}) }];
  return [...place, flip, ...policies[choice.augment](small)];
}

const policies: { readonly [A in Exclude<Recipe['augment'], 'none' | 'flip'>]: (small: boolean) => Transform[] } = {
  standard: () => [],
  trivial: () => [{ kind: 'trivialAugmentWide' }],
  rand: () => [{ kind: 'randAugment' }],
  auto: (small) => [{ kind: 'autoAugment', policy: small ? 'cifar10' : 'imagenet' }],
  augmix: () => [{ kind: 'augMix' }],
};
