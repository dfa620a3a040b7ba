/** The preprocessing of models where no weights say it: by the pictures that they are made for. */
import type { ClassificationPreset } from '../transforms/preset.ts';
import { getModelWeights, type ModelName, modelName } from './registry.ts';

/** Short side to 256, the middle 224x224, ImageNet's mean and deviation: what most of torchvision's weights were measured with. */
const imagenet: ClassificationPreset = {
  kind: 'classification',
  resize: 256,
  crop: 224,
  interpolation: 'bilinear',
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

/** Small pictures as `ocelli train` takes them: 0..1 brought to about -2..2. */
const small = { kind: 'classification', interpolation: 'bilinear' } as const;
const gray28: ClassificationPreset = { ...small, resize: 28, crop: 28, channels: 'gray', mean: [0.5], std: [0.25] };
/** The decoder of capsules draws numbers from 0 to 1. */
const plain28: ClassificationPreset = { ...gray28, mean: [0], std: [1] };
/** Pictures as LeNet-5's paper has them: 28x28 inside 32x32 of background, which is -0.1; ink is 1.175. */
const lenet1998: ClassificationPreset = {
  ...small,
  resize: 28,
  crop: 32,
  channels: 'gray',
  mean: [0.1 / 1.275],
  std: [1 / 1.275],
};
const color32: ClassificationPreset = { ...small, resize: 32, crop: 32, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };

/** EfficientNet-lite's official code takes 32 pixels more than it crops, and scales for integer arithmetic: (x - 127) / 128. */
const lite = (crop: number): ClassificationPreset => ({
  kind: 'classification',
  resize: crop + 32,
  crop,
  interpolation: 'bicubic',
  mean: [127 / 255, 127 / 255, 127 / 255],
  std: [128 / 255, 128 / 255, 128 / 255],
});

const presets: { readonly [K in ModelName]?: ClassificationPreset } = {
  capsnet: plain28,
  efficientnet_lite0: lite(224),
  efficientnet_lite1: lite(240),
  efficientnet_lite2: lite(260),
  efficientnet_lite3: lite(280),
  efficientnet_lite4: lite(300),
  efficientnet_mini: color32,
  lenet5: gray28,
  lenet5_1998: lenet1998,
};

/**
 * The preprocessing of a model: that of its default weights, or of the pictures it is made for when it has none.
 * @throws usage for an unknown model
 */
export async function getPreset(name: string): Promise<ClassificationPreset> {
  const entry = (await getModelWeights(name)).find((candidate) => candidate.default);
  return entry?.preset ?? presets[modelName(name)] ?? imagenet;
}
