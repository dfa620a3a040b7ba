/** Presets of weights as lists of transforms. */
import { type ClassificationPreset, checkPreset } from '../preset.ts';
import type { Transform } from './table.ts';

/**
 * The list that makes of pictures of `channels` channels, 3 by default, what `preprocess` makes of them: for evaluating, and
 * as the tail of a list that augments.
 * @throws usage or shape for a preset that makes no sense
 */
export function presetTransforms(preset: ClassificationPreset, channels: 1 | 3 = 3): readonly Transform[] {
  checkPreset(preset);
  const { resize, crop, interpolation, range = 1, mean, std } = preset;
  const wanted = preset.channels === 'gray' ? 1 : 3;
  return [
    ...(wanted === channels ? [] : [{ kind: 'grayscale', outputChannels: wanted } as const]),
    { kind: 'resize', size: resize, interpolation },
    { kind: 'centerCrop', size: crop },
    { kind: 'toTensor', range, order: preset.channels === 'bgr' ? 'bgr' : 'rgb' },
    { kind: 'normalize', mean, std },
  ];
}
