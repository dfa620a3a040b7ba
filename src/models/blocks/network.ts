/** A network of blocks as data: one description for EfficientNet, MnasNet and MobileNet, and what each of its blocks comes to. */
import { makeDivisible } from '../compound-scaling.ts';
import type { ActivationName, BlockSpec, BlockType } from './block-spec.ts';
import { parseBlocks } from './block-string.ts';
import { hasSkip } from './tokens.ts';

/** How squeeze-and-excitation is built where a block has `se`. */
export interface SqueezeRule {
  /** Squeezed channels are a multiple of it. */
  readonly divisor: number;
  /** Between the two layers; the block's own when left out. */
  readonly activation?: ActivationName;
  /** What turns the excitation into weights. */
  readonly gate: 'sigmoid' | 'hardsigmoid';
}

/**
 * By what the ratio of a block is of: its `input` channels, as in EfficientNet and MnasNet, rounded down; or its `hidden` ones, as in
 * MobileNetV3, rounded to a multiple of 8, with a gate that is cheap to compute.
 */
export type SqueezeName = 'input' | 'hidden';

export const squeezeRules: Readonly<Record<SqueezeName, SqueezeRule>> = {
  input: { divisor: 1, gate: 'sigmoid' },
  hidden: { divisor: 8, activation: 'relu', gate: 'hardsigmoid' },
};

/** A 3x3 convolution, blocks, and a 1x1 convolution before the pooling: plain data, which JSON keeps. */
export interface BlockNetwork {
  /** Output channels of the first convolution. */
  readonly stem: number;
  readonly stemStride: number;
  /** The stages between them, in the block-string notation. */
  readonly blocks: string;
  /** Output channels of the last convolution. */
  readonly head: number;
  /** After every convolution but the projections; a block may have its own. */
  readonly activation: ActivationName;
  /** What ratios of squeeze-and-excitation are of, and how it is built. */
  readonly squeeze: SqueezeName;
}

/** One block with all its numbers: what modules are built from. */
export interface Block {
  /** An `ir` or `er` whose hidden channels are its input's has nothing to expand: it is a `ds` or a `cn`. */
  readonly type: BlockType;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly inChannels: number;
  /** Of a `ds` the input channels, of a `cn` the output channels. */
  readonly hiddenChannels: number;
  readonly outChannels: number;
  /** 0 without squeeze-and-excitation. */
  readonly squeezeChannels: number;
  readonly squeeze: SqueezeRule;
  readonly activation: ActivationName;
  /** Whether the input is added to the output. */
  readonly residual: boolean;
}

/** The blocks of a network one by one, stage by stage. @throws usage for a block string that says nothing (see `parseBlocks`) */
export function unrollBlocks(network: BlockNetwork): readonly (readonly Block[])[] {
  let inChannels = network.stem;
  return parseBlocks(network.blocks).map((spec) =>
    Array.from({ length: spec.repeats }, (_, i) => {
      const block = blockOf(spec, inChannels, i === 0 ? spec.stride : 1, network);
      inChannels = spec.channels;
      return block;
    }),
  );
}

function blockOf(spec: BlockSpec, inChannels: number, stride: number, network: BlockNetwork): Block {
  const { kernel, dilation = 1, channels: outChannels, activation = network.activation } = spec;
  const squeeze = squeezeRules[network.squeeze];
  const hiddenChannels = hiddenOf(spec, inChannels);
  const squeezed = Math.floor((network.squeeze === 'input' ? inChannels : hiddenChannels) * (spec.se ?? 0));
  return {
    type: hiddenChannels === inChannels ? unexpanded[spec.type] : spec.type,
    kernel,
    stride,
    dilation,
    inChannels,
    hiddenChannels,
    outChannels,
    squeezeChannels: spec.se === undefined ? 0 : makeDivisible(squeezed, squeeze.divisor),
    squeeze,
    activation,
    residual: hasSkip(spec) && stride === 1 && inChannels === outChannels,
  };
}

const unexpanded: Readonly<Record<BlockType, BlockType>> = { ir: 'ds', ds: 'ds', er: 'cn', cn: 'cn' };

function hiddenOf({ type, expand, hidden, channels }: BlockSpec, inChannels: number): number {
  if (type === 'ds') return inChannels;
  if (type === 'cn') return channels;
  return hidden ?? makeDivisible(inChannels * (expand ?? 1));
}
