/** The Conv node, written so that every back end computes it right. */
import type { Lowering, OnnxAttr } from './rules.ts';

/** Sizes that decide how a back end computes a convolution. */
export interface ConvSizes {
  /** Channels of the input. */
  readonly channels: number;
  readonly outChannels: number;
  readonly groups: number;
  /** Spatial axes. */
  readonly rank: number;
}

/**
 * ONNX Runtime's WebGPU kernel takes three channels at a time where their number is a multiple of 3 and not of 4 and that of the
 * output is a multiple of 4; beyond the first three it reads the wrong ones and says nothing (1.30; its issue 29651).
 */
function misread(to: Lowering, { channels, outChannels, groups, rank }: ConvSizes): boolean {
  const byThrees = channels > 3 && channels % 3 === 0 && channels % 4 !== 0 && outChannels % 4 === 0;
  return to.target === 'webgpu' && groups === 1 && rank < 3 && byThrees;
}

/**
 * Adds a Conv node of inputs x, weight and, or not, bias. Where a back end would misread the channels, zeros make their number
 * one that it reads right.
 */
export function emitConv(
  to: Lowering,
  inputs: readonly string[],
  sizes: ConvSizes,
  attrs: Readonly<Record<string, OnnxAttr>>,
): string {
  const { channels, groups, rank } = sizes;
  if (!misread(to, sizes)) return to.emit('Conv', inputs, { ...attrs, group: groups });
  const pads = Array.from({ length: 2 * (rank + 2) }, (_, i) => (i === rank + 3 ? 4 - (channels % 4) : 0));
  const [x, weight, ...bias] = inputs as readonly [string, string, string?];
  const wider = [x, weight].map((name) => to.emit('Pad', [name, to.ints(pads)]));
  return to.emit('Conv', [...wider, ...(bias as string[])], { ...attrs, group: groups });
}
