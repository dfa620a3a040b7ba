/** Random lists of transforms, run with their draws written down so that torchvision can be made to draw the same. */
import { RandomStream } from '../../src/base/random-stream.ts';
import { drawDirichlet } from '../../src/transforms/augment/distributions.ts';
import { compileTransforms, type Transform } from '../../src/transforms/index.ts';
import { makePicture, type PictureSpec } from './augment-pictures.ts';

/** A draw: a number in [0, 1), or one of a count. */
type Draw = number | readonly [count: number, value: number];

/** Writes down what is drawn. */
class RecordingStream extends RandomStream {
  readonly draws: Draw[] = [];

  override uniform(): number {
    const value = super.uniform();
    this.draws.push(value);
    return value;
  }

  override below(count: number): number {
    const value = super.below(count);
    this.draws.push([count, value]);
    return value;
  }
}

export interface PipelineCase {
  readonly list: readonly Transform[];
  readonly picture: PictureSpec;
  readonly draws: readonly Draw[];
  /** What AugMix weighs with, in the order in which it asks; those draws are not in `draws`. */
  readonly weights: readonly (readonly number[])[];
}

/** Chooses from options by a stream. */
class Chooser {
  readonly random: RandomStream;

  constructor(seed: number) {
    this.random = new RandomStream(seed);
  }

  of<T>(...choices: readonly [T, ...T[]]): T {
    return choices[this.random.below(choices.length)] as T;
  }

  whole(low: number, high: number): number {
    return low + this.random.below(high - low + 1);
  }

  fill(channels: number): number | number[] {
    return this.of<() => number | number[]>(
      () => this.whole(0, 255),
      () => Array.from({ length: channels }, () => this.whole(0, 255)),
    )();
  }

  range(low: number, high: number): [number, number] {
    const [a, b] = [this.random.between(low, high), this.random.between(low, high)];
    return [Math.min(a, b), Math.max(a, b)];
  }
}

/** One transform of every kind that draws, with options of all sorts. */
const makers: { readonly [kind: string]: (choose: Chooser, channels: 1 | 3) => Transform } = {
  affine: (choose, channels) => ({
    kind: 'affine',
    degrees: choose.of<number | [number, number]>(0, 30, choose.range(-90, 90)),
    ...choose.of<object>({}, { translate: [0.1, 0.3] }),
    ...choose.of<object>({}, { scale: choose.range(0.5, 2) }),
    ...choose.of<object>({}, { shear: 10 }, { shear: choose.range(-20, 20) }, { shear: [-5, 10, -20, 5] }),
    ...choose.of<object>({}, { center: [3, 7.5] }),
    interpolation: choose.of('nearest', 'bilinear'),
    fill: choose.fill(channels),
  }),
  autoAugment: (choose, channels) => ({
    kind: 'autoAugment',
    policy: choose.of('imagenet', 'cifar10', 'svhn'),
    interpolation: choose.of('nearest', 'bilinear'),
    fill: choose.fill(channels),
  }),
  colorJitter: (choose) => ({
    kind: 'colorJitter',
    brightness: choose.of<number | [number, number]>(0, 0.4, 1.2, choose.range(0.2, 2)),
    contrast: choose.of<number | [number, number]>(0, 0.4, choose.range(0.2, 2)),
    saturation: choose.of<number | [number, number]>(0, 0.4, choose.range(0.2, 2)),
    hue: choose.of<number | [number, number]>(0, 0.1, 0.5, choose.range(-0.5, 0.5)),
  }),
  horizontalFlip: (choose) => ({ kind: 'horizontalFlip', p: choose.of(0, 0.3, 0.5, 1) }),
  verticalFlip: () => ({ kind: 'verticalFlip' }),
  randAugment: (choose, channels) => ({
    kind: 'randAugment',
    numOps: choose.whole(1, 3),
    magnitude: choose.whole(0, 30),
    interpolation: choose.of('nearest', 'bilinear'),
    fill: choose.fill(channels),
  }),
  trivialAugmentWide: (choose, channels) => ({
    kind: 'trivialAugmentWide',
    interpolation: choose.of('nearest', 'bilinear'),
    fill: choose.fill(channels),
  }),
  augMix: (choose, channels) => ({
    kind: 'augMix',
    severity: choose.whole(1, 10),
    mixtureWidth: choose.whole(1, 4),
    chainDepth: choose.of(-1, 1, 2),
    alpha: choose.of(0.3, 1, 2),
    allOps: choose.of(true, false),
    interpolation: choose.of('nearest', 'bilinear'),
    fill: choose.fill(channels),
  }),
  rotation: (choose, channels) => ({
    kind: 'rotation',
    degrees: choose.of<number | [number, number]>(15, 180, choose.range(-200, 200)),
    interpolation: choose.of('nearest', 'bilinear'),
    expand: choose.of(true, false),
    ...choose.of<object>({}, { center: [10.5, 4] }),
    fill: choose.fill(channels),
  }),
  randomGrayscale: (choose) => ({ kind: 'randomGrayscale', p: choose.of(0.1, 0.7) }),
  randomInvert: () => ({ kind: 'randomInvert' }),
  randomPosterize: (choose) => ({ kind: 'randomPosterize', bits: choose.whole(0, 8) }),
  randomSolarize: (choose) => ({ kind: 'randomSolarize', threshold: choose.whole(0, 256) }),
  randomSharpness: (choose) => ({ kind: 'randomSharpness', factor: choose.of(0, 0.5, 2) }),
  randomAutocontrast: () => ({ kind: 'randomAutocontrast' }),
  randomEqualize: () => ({ kind: 'randomEqualize' }),
  pad: (choose, channels) => ({
    kind: 'pad',
    padding: choose.of<2 | [1, 3] | [0, 1, 2, 3]>(2, [1, 3], [0, 1, 2, 3]),
    mode: choose.of('constant', 'edge', 'reflect', 'symmetric'),
    fill: choose.fill(channels),
  }),
  resize: (choose) => ({
    kind: 'resize',
    size: choose.of<number | { width: number; height: number }>(40, { width: 33, height: 47 }),
    interpolation: choose.of('nearest', 'bilinear', 'bicubic'),
  }),
};

/** What fixes the size of samples. */
function lastCrop(choose: Chooser, channels: 1 | 3): readonly Transform[] {
  const size = choose.of<number | { width: number; height: number }>(24, { width: 20, height: 31 });
  return choose.of<readonly Transform[]>(
    [
      {
        kind: 'randomCrop',
        size,
        padding: choose.of<0 | 4 | [2, 5] | [1, 2, 3, 4]>(0, 4, [2, 5], [1, 2, 3, 4]),
        padIfNeeded: true,
        paddingMode: choose.of('constant', 'edge', 'reflect', 'symmetric'),
        fill: choose.fill(channels),
      },
    ],
    [
      {
        kind: 'randomResizedCrop',
        size,
        ...choose.of<object>({}, { scale: choose.range(0.01, 1.5) }),
        ...choose.of<object>({}, { ratio: choose.range(0.2, 5) }),
        interpolation: choose.of('nearest', 'bilinear', 'bicubic', 'lanczos'),
      },
    ],
    [
      { kind: 'resize', size: 28, maxSize: 37 },
      { kind: 'centerCrop', size },
    ],
  );
}

function tensorPart(choose: Chooser, channels: 1 | 3): readonly Transform[] {
  const numbers = (low: number, high: number): number[] =>
    Array.from({ length: channels }, () => choose.random.between(low, high));
  return [
    { kind: 'toTensor', range: choose.of(1, 255), order: choose.of('rgb', 'bgr') },
    ...choose.of<readonly Transform[]>([], [{ kind: 'normalize', mean: numbers(0, 1), std: numbers(0.1, 1) }]),
    {
      kind: 'randomErasing',
      p: choose.of(0, 0.5, 1),
      ...choose.of<object>({}, { scale: choose.range(0, 1), ratio: choose.range(0.1, 9) }),
      value: choose.of<number | number[]>(0, 0.5, numbers(-1, 1)),
    },
    ...choose.of<readonly Transform[]>([], [{ kind: 'normalize', mean: numbers(0, 1), std: numbers(0.1, 1) }]),
  ];
}

/** The weights that AugMix draws first, with how many numbers it takes for them. */
function augMixWeights(
  list: readonly Transform[],
  key: number,
): { readonly weights: readonly (readonly number[])[]; readonly taken: number } {
  const [first] = list;
  if (first?.kind !== 'augMix') return { weights: [], taken: 0 };
  const { alpha = 1, mixtureWidth = 3 } = first;
  const stream = new RecordingStream(key);
  const weights = [drawDirichlet([alpha, alpha], stream), drawDirichlet(new Array<number>(mixtureWidth).fill(alpha), stream)];
  return { weights, taken: stream.draws.length };
}

/** `count` cases that begin with a transform of every kind, go through another or two, and end in a crop and numbers. */
export function pipelineCases(
  seed: number,
  count: number,
): readonly { readonly given: PipelineCase; readonly sample: Float32Array }[] {
  const choose = new Chooser(seed);
  const out: { given: PipelineCase; sample: Float32Array }[] = [];
  const kinds = Object.keys(makers);
  const others = kinds.filter((kind) => kind !== 'augMix') as [string, ...string[]];
  const make = (kind: string, channels: 1 | 3): Transform => (makers[kind] as (typeof makers)[string])(choose, channels);
  for (let i = 0; i < count; i++) {
    const channels = choose.of<1 | 3>(1, 3, 3);
    const style = choose.of<PictureSpec['style']>('noise', 'dull', 'smooth', 'two', 'dark');
    const picture = { key: choose.random.bits(), style, width: choose.whole(6, 70), height: choose.whole(6, 70), channels };
    const list: Transform[] = [make(kinds[i % kinds.length] as string, channels)];
    for (let more = choose.whole(0, 2); more > 0; more--) list.push(make(choose.of(...others), channels));
    list.push(...lastCrop(choose, channels), ...tensorPart(choose, channels));
    const key = choose.random.bits();
    const made = compileTransforms(list, { channels });
    const stream = new RecordingStream(key);
    const sample = new Float32Array(made.length);
    made.apply(makePicture(picture), stream, sample, 0);
    const { weights, taken } = augMixWeights(list, key);
    out.push({ given: { list, picture, draws: stream.draws.slice(taken), weights }, sample });
  }
  return out;
}
