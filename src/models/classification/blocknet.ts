/** Networks of one's own from block strings. */
import { checkKeys, OcelliError } from '../../base/errors.ts';
import type { BlockSpec } from '../blocks/block-spec.ts';
import { printBlocks } from '../blocks/block-string.ts';
import { EfficientNet, type EfficientNetOptions, efficientNetKeys } from '../blocks/efficientnet.ts';
import { type BlockNetwork, squeezeRules } from '../blocks/network.ts';
import { activationTokens } from '../blocks/tokens.ts';

export interface BlockNetOptions extends EfficientNetOptions {
  /** Output channels of the 3x3 convolution before the blocks. */
  readonly stem: number;
  /** Its stride; default 2. Small pictures keep more with 1. */
  readonly stemStride?: number;
  /** The stages, as block strings or as data. */
  readonly blocks: string | readonly BlockSpec[];
  /** Output channels of the 1x1 convolution after the blocks. */
  readonly head: number;
  /** After every convolution but the projections, where a block does not name its own; default 'silu'. */
  readonly activation?: BlockNetwork['activation'];
  /** What `se` is a ratio of: 'input' channels (EfficientNet's, the default) or 'hidden' ones (MobileNetV3's). */
  readonly squeeze?: BlockNetwork['squeeze'];
}

const networkKeys = [
  'stem',
  'stemStride',
  'blocks',
  'head',
  'activation',
  'squeeze',
] as const satisfies readonly (keyof BlockNetwork)[];

/**
 * A network from block strings: [N, inChannels, H, W] to logits [N, numClasses], with the state-dict keys of torchvision's
 * EfficientNet. Dropout is 0.2 and batch normalization torch's unless told otherwise. What `blocksOf` and `scaleNetwork` give may be
 * spread into the options.
 *
 * @example
 * const net = blockNet({ stem: 16, stemStride: 1, blocks: 'ds_r1_k3_s1_c16 ir_r2_k3_s2_e4_c24_se0.25', head: 128, numClasses: 10 });
 * @throws usage for a block string, a name or a number that says nothing
 */
export function blockNet(options: BlockNetOptions): EfficientNet {
  checkKeys('blockNet', options, [...networkKeys, ...efficientNetKeys]);
  const { stem, stemStride = 2, blocks, head, activation = 'silu', squeeze = 'input', ...training } = options;
  for (const [name, value] of Object.entries({ stem, stemStride, head })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new OcelliError('usage', `blockNet: ${name} must be a whole number above 0, ${value} came`);
    }
  }
  checkName('activation', activation, activationTokens);
  checkName('squeeze', squeeze, squeezeRules);
  if (typeof blocks !== 'string' && !Array.isArray(blocks)) {
    throw new OcelliError('usage', 'blockNet: blocks must be a block string or a list of blocks, as parseBlocks gives');
  }
  const text = typeof blocks === 'string' ? blocks : printBlocks(blocks);
  return new EfficientNet({ stem, stemStride, blocks: text, head, activation, squeeze, dropout: 0.2, norm: {} }, training);
}

function checkName(what: string, name: string, known: object): void {
  if (!Object.hasOwn(known, name)) {
    throw new OcelliError('usage', `blockNet: there is no ${what} "${name}"; there are ${Object.keys(known).join(', ')}`);
  }
}
