/** From bytes to float32 [C, H, W]: torchvision's ToTensor, and Normalize in the same pass where it follows. */
import type { Picture } from '../../platform/image.ts';
import { normalizeTable } from '../normalize.ts';
import { checkChoice } from './checks.ts';
import type { Normalize } from './normalize.ts';

export interface ToTensor {
  readonly kind: 'toTensor';
  /** 1: bytes become 0..1; 255: they stay 0..255. Default 1. */
  readonly range?: 1 | 255;
  /** Order of three channels. Default 'rgb'. */
  readonly order?: 'rgb' | 'bgr';
}

/** The options it takes, besides `kind`. */
export const toTensorKeys: readonly string[] = ['range', 'order'];

/** Writes a picture's [C, H, W] from `offset`; sizes are the caller's to check. */
export type TensorWriter = (picture: Picture, out: Float32Array, offset: number) => void;

/** @throws usage for options that make no sense */
export function tensorWriter(options: ToTensor, channels: 1 | 3, normalize: Normalize | undefined, what: string): TensorWriter {
  const { range = 1, order = 'rgb' } = options;
  checkChoice(what, 'range', range, [1, 255]);
  checkChoice(what, 'order', order, ['rgb', 'bgr']);
  const tables = Array.from({ length: channels }, (_, channel) =>
    normalizeTable(normalize?.mean[channel] ?? 0, normalize?.std[channel] ?? 1, range),
  );
  return ({ data }, out, offset) => {
    const plane = data.length / channels;
    for (let channel = 0; channel < channels; channel++) {
      const table = tables[channel] as Float32Array;
      let to = offset + channel * plane;
      for (let from = order === 'bgr' ? channels - 1 - channel : channel; from < data.length; from += channels) {
        out[to++] = table[data[from] as number] as number;
      }
    }
  };
}
