/** MnasNet-B1 at four widths, and MnasNet-A1, which has squeeze-and-excitation. */
import { checkKeys, OcelliError } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { add, mean } from '../../nn/functional.ts';
import { kaimingNormal, kaimingUniform } from '../../nn/init.ts';
import { setInitializers } from '../../nn/initialize-layers.ts';
import { BatchNorm2d, type NormOptions } from '../../nn/layers/batch-norm.ts';
import { Conv2d } from '../../nn/layers/conv.ts';
import { Dropout } from '../../nn/layers/dropout.ts';
import { Linear } from '../../nn/layers/linear.ts';
import { Sequential } from '../../nn/layers/sequential.ts';
import { Module } from '../../nn/module.ts';
import { activationLayer } from '../blocks/activations.ts';
import { parseBlocks, printBlocks } from '../blocks/block-string.ts';
import { squeezeExcitation } from '../blocks/modules.ts';
import { type Block, type BlockNetwork, unrollBlocks } from '../blocks/network.ts';
import { scaleNetwork } from '../blocks/scale.ts';

/** MnasNet-B1 (Tan et al. 2019, arXiv 1807.11626, and its official code). */
export const mnasNetB1: BlockNetwork = {
  stem: 32,
  stemStride: 2,
  blocks: `
    ds_r1_k3_s1_c16_noskip
    ir_r3_k3_s2_e3_c24
    ir_r3_k5_s2_e3_c40
    ir_r3_k5_s2_e6_c80
    ir_r2_k3_s1_e6_c96
    ir_r4_k5_s2_e6_c192
    ir_r1_k3_s1_e6_c320`,
  head: 1280,
  activation: 'relu',
  squeeze: 'input',
};

/** MnasNet-A1 (the same paper, figure 7, and its official code). */
export const mnasNetA1: BlockNetwork = {
  ...mnasNetB1,
  blocks: `
    ds_r1_k3_s1_c16_noskip
    ir_r2_k3_s2_e6_c24
    ir_r3_k5_s2_e3_c40_se0.25
    ir_r4_k3_s2_e6_c80
    ir_r2_k3_s1_e6_c112_se0.25
    ir_r3_k5_s2_e6_c160_se0.25
    ir_r1_k3_s1_e6_c320`,
};

export interface MnasNetOptions {
  /** Outputs of the classifier; default 1000. */
  readonly numClasses?: number;
  /** Channels of the input picture; default 3. */
  readonly inChannels?: number;
  /** Dropout before the classifier; default 0.2. */
  readonly dropout?: number;
  /** Settings of every batch normalization; default { eps: 1e-5, momentum: 3e-4 }, the paper's 0.9997 in TensorFlow's terms. */
  readonly norm?: NormOptions;
  /**
   * 'scaled' (default): the first three convolutions widen with the network. 'fixed': they have 32, 32 and 16 channels at
   * every width, as in checkpoints of torchvision's first version; such a checkpoint turns a model to it by itself.
   */
  readonly stem?: 'scaled' | 'fixed';
}

const optionKeys: readonly string[] = ['numClasses', 'inChannels', 'dropout', 'norm', 'stem'];

/** Expansion (not in `ds`), depthwise convolution, perhaps squeeze-and-excitation, and linear projection. */
function layersOf(block: Block, norm: NormOptions): readonly Module[] {
  const { kernel, stride, inChannels, hiddenChannels, outChannels } = block;
  const activation = activationLayer(block.activation);
  const expansion = [
    new Conv2d(inChannels, hiddenChannels, 1, { bias: false }),
    new BatchNorm2d(hiddenChannels, norm),
    activation(),
  ];
  return [
    ...(block.type === 'ir' ? expansion : []),
    new Conv2d(hiddenChannels, hiddenChannels, kernel, {
      padding: Math.floor(kernel / 2),
      stride,
      groups: hiddenChannels,
      bias: false,
    }),
    new BatchNorm2d(hiddenChannels, norm),
    activation(),
    ...(block.squeezeChannels > 0 ? [squeezeExcitation(block)] : []),
    new Conv2d(hiddenChannels, outChannels, 1, { bias: false }),
    new BatchNorm2d(outChannels, norm),
  ];
}

/** A block beside a shortcut where shapes allow. */
export class MnasNetBlock extends Module {
  readonly layers: Sequential;
  readonly residual: boolean;

  constructor(block: Block, norm: NormOptions = {}) {
    super();
    this.layers = new Sequential(...layersOf(block, norm));
    this.residual = block.residual;
  }

  protected override forward(x: Value): Value {
    const branch = this.layers.call(x);
    return this.residual ? add(branch, x) : branch;
  }
}

/** A network with all channels but the head's multiplied by `alpha`, the first two layers' only if `stem` is 'scaled'. */
function scaled(base: BlockNetwork, alpha: number, stem: 'scaled' | 'fixed'): BlockNetwork {
  const network = scaleNetwork(base, { width: alpha, headWidth: 1 });
  if (stem === 'scaled') return network;
  const [first] = parseBlocks(base.blocks);
  const [, ...rest] = parseBlocks(network.blocks);
  return { ...network, stem: base.stem, blocks: printBlocks([...(first ? [first] : []), ...rest]) };
}

/** A MnasNet, B1 unless told otherwise, with all channels multiplied by `alpha`: [N, inChannels, H, W] to logits [N, numClasses]. */
export class MnasNet extends Module {
  layers: Sequential;
  readonly classifier: Sequential;
  readonly #base: BlockNetwork;
  readonly #alpha: number;
  readonly #inChannels: number;
  readonly #norm: NormOptions;
  #stem: 'scaled' | 'fixed';

  constructor(alpha: number, options: MnasNetOptions = {}, base: BlockNetwork = mnasNetB1) {
    super();
    checkKeys('mnasnet', options, optionKeys);
    if (!(alpha > 0)) throw new OcelliError('usage', `mnasnet: alpha must be above 0, ${alpha} came`);
    const { numClasses = 1000, inChannels = 3, dropout = 0.2 } = options;
    this.#base = base;
    this.#alpha = alpha;
    this.#inChannels = inChannels;
    this.#norm = { momentum: 1 - 0.9997, ...options.norm };
    this.#stem = options.stem ?? 'scaled';
    this.layers = this.#makeLayers();
    this.classifier = new Sequential(new Dropout({ p: dropout }), new Linear(this.network.head, numClasses));
    setInitializers(this, { conv: kaimingNormal('fanOut'), linear: kaimingUniform('fanOut', 1) });
  }

  #makeLayers(): Sequential {
    const norm = this.#norm;
    const { stem, stemStride: stride, head } = this.network;
    const activation = activationLayer(this.network.activation);
    const [separable = [], ...stacks] = unrollBlocks(this.network);
    return new Sequential(
      new Conv2d(this.#inChannels, stem, 3, { padding: 1, stride, bias: false }),
      new BatchNorm2d(stem, norm),
      activation(),
      ...separable.flatMap((block) => layersOf(block, norm)),
      ...stacks.map((blocks) => new Sequential(...blocks.map((block) => new MnasNetBlock(block, norm)))),
      new Conv2d(stacks.at(-1)?.at(-1)?.outChannels ?? stem, head, 1, { bias: false }),
      new BatchNorm2d(head, norm),
      activation(),
    );
  }

  /** What it is built from. */
  get network(): BlockNetwork {
    return scaled(this.#base, this.#alpha, this.#stem);
  }

  /** The version that torchvision writes beside this module's state: 1 has the fixed stem, 2 the one that scales. */
  get stateVersion(): number {
    return this.#stem === 'fixed' ? 1 : 2;
  }

  /**
   * Checkpoints of torchvision's first version have a stem that does not scale. Their first convolution tells: it has 32
   * output channels at a width whose own stem has others. Such a checkpoint gives the model the fixed stem.
   */
  override adaptTo(shapes: ReadonlyMap<string, readonly number[]>): void {
    const theirs = shapes.get('layers.0.weight')?.[0];
    const [, own] = [...this.layers.children()][0] ?? [];
    if (theirs !== this.#base.stem || !(own instanceof Conv2d) || own.outChannels === theirs) return;
    this.#stem = 'fixed';
    this.layers = this.#makeLayers();
    setInitializers(this.layers, { conv: kaimingNormal('fanOut') });
  }

  protected override forward(x: Value): Value {
    const features = this.layers.call(x);
    return this.classifier.call(mean(features, [2, 3]));
  }
}

/** MnasNet-B1 at width 0.5 (Tan et al. 2019, arXiv 1807.11626). */
export function mnasnet0_5(options: MnasNetOptions = {}): MnasNet {
  return new MnasNet(0.5, options);
}

/** MnasNet-B1 at width 0.75. */
export function mnasnet0_75(options: MnasNetOptions = {}): MnasNet {
  return new MnasNet(0.75, options);
}

/** MnasNet-B1 as searched. */
export function mnasnet1_0(options: MnasNetOptions = {}): MnasNet {
  return new MnasNet(1, options);
}

/** MnasNet-B1 at width 1.3. */
export function mnasnet1_3(options: MnasNetOptions = {}): MnasNet {
  return new MnasNet(1.3, options);
}

/** MnasNet-A1, the paper's best within its latency, which has squeeze-and-excitation. Ocelli's own, not torchvision's: those are all B1. */
export function mnasnet_a1(options: MnasNetOptions = {}): MnasNet {
  return new MnasNet(1, options, mnasNetA1);
}
