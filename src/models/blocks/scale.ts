/** Blocks and networks of blocks at another width and depth, by the published rounding rules (see compound-scaling.ts). */
import { checkKeys } from '../../base/errors.ts';
import { roundFilters, roundRepeats } from '../compound-scaling.ts';
import type { BlockSpec } from './block-spec.ts';
import { parseBlocks, printBlocks } from './block-string.ts';
import type { BlockNetwork } from './network.ts';

export interface BlockScaling {
  /** Multiplies channels, output and hidden ones that are numbers; default 1. */
  readonly width?: number;
  /** Multiplies repeats; default 1. */
  readonly depth?: number;
  /** Multiplies the repeats of the first and the last stage; default `depth`. */
  readonly endsDepth?: number;
  /** Channels at a width; default `roundFilters`: multiples of 8 that lose no more than a tenth. */
  readonly round?: (channels: number, width: number) => number;
}

const blockKeys: readonly string[] = ['width', 'depth', 'endsDepth', 'round'];

export interface NetworkScaling extends BlockScaling {
  /** Multiplies the channels of the first convolution; default `width`. */
  readonly stemWidth?: number;
  /** Multiplies the channels of the last convolution; default `width`. */
  readonly headWidth?: number;
}

/**
 * Blocks at another width and depth. Kernels, strides and ratios stay; a factor of 1 changes nothing.
 *
 * @example
 * printBlocks(scaleBlocks(parseBlocks('ir_r2_k3_s2_e6_c24'), { width: 1.4, depth: 1.8 })); // 'ir_r4_k3_s2_e6_c32'
 * @throws usage unless factors are above 0
 */
export function scaleBlocks(blocks: readonly BlockSpec[], by: BlockScaling): readonly BlockSpec[] {
  checkKeys('scaleBlocks', by, blockKeys);
  const { width = 1, depth = 1, endsDepth = depth } = by;
  return blocks.map((spec, i) => ({
    ...spec,
    repeats: roundRepeats(spec.repeats, i === 0 || i === blocks.length - 1 ? endsDepth : depth),
    channels: scaleChannels(spec.channels, width, by),
    ...(spec.hidden === undefined ? {} : { hidden: scaleChannels(spec.hidden, width, by) }),
  }));
}

/** A network at another width and depth: its blocks, first and last convolution. @throws usage unless factors are above 0 */
export function scaleNetwork(network: BlockNetwork, by: NetworkScaling): BlockNetwork {
  checkKeys('scaleNetwork', by, [...blockKeys, 'stemWidth', 'headWidth']);
  const { stemWidth = by.width ?? 1, headWidth = by.width ?? 1, ...blocksBy } = by;
  return {
    ...network,
    stem: scaleChannels(network.stem, stemWidth, by),
    blocks: printBlocks(scaleBlocks(parseBlocks(network.blocks), blocksBy)),
    head: scaleChannels(network.head, headWidth, by),
  };
}

/** At width 1 channels stay as they are, whatever they are. */
function scaleChannels(channels: number, width: number, { round = roundFilters }: BlockScaling): number {
  return width === 1 ? channels : round(channels, width);
}
