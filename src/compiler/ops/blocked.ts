/**
 * ONNX Runtime's blocked layout of its native CPU back end: channels in groups of `block` (8 or 16, by the processor) that lie
 * side by side in memory, so that one vector instruction works on them all. Its convolutions are the fastest there are
 * (docs/lowerings.md), and what works element by element does not care, so that values of training steps stay in it from one
 * convolution to the next.
 *
 * A blocked value [N, C, H, W] has C rounded up to whole blocks; the channels beyond C hold no meaning, but finite numbers. In memory it is
 * [N, C / block, H, W, block].
 */
import type { Dim } from '../ir/dim.ts';
import type { Node, OpName, TensorType, Value } from '../ir/graph.ts';
import type { Lowering, OnnxAttr, OpRules } from './rules.ts';

/** The domain of ONNX Runtime's operators on blocked values. */
export const BLOCKED = 'com.microsoft.nchwc';

/** Channels side by side, 0 where there is no blocked layout. */
export function blockSize(to: Lowering): number {
  return to.target === 'cpu' && !to.portable ? (to.nchwcBlock ?? 0) : 0;
}

/** True when values of these channels can be blocked. ONNX Runtime reorders channels by fours. */
export function canBlock(to: Lowering, channels: Dim, spatialRank: number): channels is number {
  return blockSize(to) > 1 && spatialRank === 2 && typeof channels === 'number' && channels % 4 === 0;
}

/** Channels rounded up to whole blocks. */
export function blockedChannels(to: Lowering, channels: number): number {
  const block = blockSize(to);
  return Math.ceil(channels / block) * block;
}

/** Plain to blocked; what came from blocks is taken as it was. */
export function toBlocks(to: Lowering, plain: string): string {
  const known = to.twin(plain);
  if (known !== undefined) return known;
  const blocked = to.emit(`${BLOCKED}.ReorderInput`, [plain]);
  to.pair(plain, blocked);
  return blocked;
}

/** Blocked to plain; what came from plain is taken as it was. */
export function fromBlocks(to: Lowering, blocked: string, channels: number): string {
  const known = to.twin(blocked);
  if (known !== undefined) return known;
  const plain = to.emit(`${BLOCKED}.ReorderOutput`, [blocked], { channels });
  to.pair(plain, blocked);
  return plain;
}

/** The blocked name of a value that stands in blocks already. */
export function blocksAtHand(to: Lowering, value: Value): string | undefined {
  return to.twin(to.name(value));
}

/** True for scalars and for one number a picture, which broadcast over blocks as they do over plain values. */
function spansChannels({ shape }: TensorType): boolean {
  return shape.every((dim, i) => dim === 1 || (i === 0 && shape.length === 4));
}

/** The channels of what works element by element when all its operands stand in blocks; else undefined. */
function channelsInBlocks(node: Node, to: Lowering): number | undefined {
  const { shape } = (node.outputs[0] as Value).type;
  const whole = node.inputs.filter((input) => !spansChannels(input.type));
  const floats = [...node.outputs, ...whole].every(({ type }) => type.dtype === 'float32' && type.shape.join() === shape.join());
  const ready = floats && whole.every((input) => blocksAtHand(to, input) !== undefined);
  return shape.length === 4 && whole.length > 0 && ready ? (shape[1] as number) : undefined;
}

/** The lowering of an operator that works element by element: on blocked values where its operands stand in blocks. */
export function inAnyLayout<K extends OpName>(lower: OpRules<K>['lower']): OpRules<K>['lower'] {
  return (node, to) => {
    const channels = channelsInBlocks(node as Node, to);
    if (channels === undefined) return lower(node, to);
    return to.inBlocks(() => lower(node, to)).map((name) => fromBlocks(to, name, channels));
  };
}

/** What ONNX Runtime's blocked convolutions do to their sums before they write them. */
export interface Afterwards {
  /** A blocked value of the result's shape to be added; its memory is taken where nobody reads it afterwards. */
  readonly sum?: string;
  /** `Relu`, or `Clip` with its bounds. */
  readonly activation?: string;
  readonly bounds?: readonly [number, number];
}

/** A value once more with something done to it in the same pass, where a blocked convolution makes it for this one reader. */
export function refined(to: Lowering, value: Value, { sum, activation, bounds }: Afterwards): string | undefined {
  const call = to.maker(to.name(value));
  if (call?.op !== `${BLOCKED}.Conv` || to.uses(value) !== 1 || 'activation' in call.attrs) return undefined;
  const [x, weight, bias = '', before] = call.inputs as readonly [string, string, string?, string?];
  if (sum !== undefined && before !== undefined) return undefined;
  const inputs = sum === undefined ? call.inputs : [x, weight, bias, sum];
  const attrs: Record<string, OnnxAttr> = { ...call.attrs };
  if (activation !== undefined) attrs.activation = activation;
  if (bounds) attrs.activation_params = { floats: bounds };
  return to.emit(`${BLOCKED}.Conv`, inputs, attrs);
}
