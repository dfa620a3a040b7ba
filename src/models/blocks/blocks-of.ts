/** The network of blocks that a model is built from. */
import { OcelliError } from '../../base/errors.ts';
import type { AnyModule } from '../../nn/module.ts';
import { parseBlocks, printBlocks } from './block-string.ts';
import type { BlockNetwork } from './network.ts';

/** Whether a model is built from blocks: EfficientNet, MnasNet, MobileNetV2 and V3, and what `blockNet` builds. */
export function hasBlocks(model: AnyModule): model is AnyModule & { readonly network: BlockNetwork } {
  return 'network' in model && typeof model.network === 'object' && model.network !== null && 'blocks' in model.network;
}

/**
 * The network of blocks that a model is built from, its block string as `printBlocks` writes it.
 *
 * @example
 * blocksOf(await getModel('efficientnet_b3')).blocks; // 'ds_r2_k3_s1_c24_se0.25 ir_r3_k3_s2_e6_c32_se0.25 ...'
 * @throws usage for a model that is not built from blocks
 */
export function blocksOf(model: AnyModule): BlockNetwork {
  if (!hasBlocks(model)) {
    const families = 'EfficientNet, MnasNet, MobileNetV2 and MobileNetV3';
    throw new OcelliError(
      'usage',
      `${model.constructor.name} is not built from blocks, as ${families} are and what blockNet builds`,
    );
  }
  return { ...model.network, blocks: printBlocks(parseBlocks(model.network.blocks)) };
}
