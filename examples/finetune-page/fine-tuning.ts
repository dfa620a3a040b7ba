/** The network of this page, and how it is trained: an EfficientNet for small pictures, with a new head. */
import { getModel, getModelWeights, loadWeights, type Runtime, replaceHead, train } from 'ocelli';
import type { Dataset } from 'ocelli/data';
import { adamw, noDecayForVectors, schedule, type Trainable, type TrainEvent } from 'ocelli/train';
import type { ColorPreset, Transform } from 'ocelli/transforms';
import type { Settings } from './messages.ts';

const BATCH = 16;
const LEARNING_RATE = 0.004;

/** The network and what its pictures must become. */
export interface Prepared {
  readonly net: Trainable;
  readonly preset: ColorPreset;
  /** Whether it has seen pictures before. */
  readonly pretrained: boolean;
}

/** The network with a head for `classes`: with the weights that come with the package, where there are some for colour pictures. */
export async function prepare(classes: number, side: number): Promise<Prepared> {
  const net = await getModel('efficientnet_mini', { dropout: 0.1, stochasticDepthProb: 0.05 });
  const entry = (await getModelWeights('efficientnet_mini')).find(({ preset }) => preset.channels !== 'gray');
  const { mean, std } = (entry?.preset as ColorPreset | undefined) ?? { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
  if (entry) await loadWeights(net, entry);
  replaceHead(net, classes);
  const preset = { kind: 'classification', resize: side, crop: side, interpolation: 'bilinear', mean, std } as const;
  return { net, preset, pretrained: entry !== undefined };
}

/** The run, epoch by epoch; the head alone learns in the first of a pretrained network. */
export function fineTune(
  { net, preset, pretrained }: Prepared,
  data: { readonly train: Dataset; readonly validation?: Dataset },
  { side, steps }: Settings,
  { runtime, folder }: { readonly runtime: Runtime; readonly folder: string },
): AsyncGenerator<TrainEvent, void, undefined> {
  const { mean, std } = preset;
  const asTensor: readonly Transform[] = [{ kind: 'toTensor' }, { kind: 'normalize', mean, std }];
  const batchSize = Math.min(BATCH, data.train.length);
  const perEpoch = Math.floor(data.train.length / batchSize);
  const epochs = Math.max(pretrained ? 2 : 1, Math.round(steps / perEpoch));
  return train(net, {
    runtime,
    folder,
    data: {
      ...data,
      transforms: [
        { kind: 'resize', size: side },
        { kind: 'randomCrop', size: side, padding: side / 16, paddingMode: 'reflect' },
        { kind: 'horizontalFlip' },
        { kind: 'colorJitter', brightness: 0.2, contrast: 0.2, saturation: 0.2 },
        ...asTensor,
      ],
      evaluationTransforms: [{ kind: 'resize', size: side }, ...asTensor],
    },
    epochs,
    batchSize,
    optimizer: adamw({ weightDecay: 0.01, groups: noDecayForVectors }),
    learningRate: schedule({ kind: 'oneCycle', learningRate: LEARNING_RATE, steps: epochs * perEpoch }),
    ...(pretrained ? { freeze: { epochs: 1 } } : {}),
    title: 'Fine-tuning in a browser',
    notes: { network: 'efficientnet_mini', 'back end': runtime.name },
  });
}
