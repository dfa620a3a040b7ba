/**
 * Work on blocked values [N, C, H, W] beside one number a picture and channel, [N, C, 1, 1]: gates, means, what is the same all over a
 * picture. All pictures' channels are channels of one picture then, [1, N · C, H, W].
 */
import type { Node, Value } from '../ir/graph.ts';
import { BLOCKED, blockedChannels, blockSize, blocksAtHand, canBlock, fromBlocks } from './blocked.ts';
import { blockedPictureDots, blockedSizes, filledVector } from './blocked-channels.ts';
import type { Lowering } from './rules.ts';

/** One number a picture and channel, [N, C, 1, 1], as a vector of N times whole blocks. */
function pictureVector(to: Lowering, vector: Value): string {
  const [N, C] = vector.type.shape as readonly [number, number];
  const whole = blockedChannels(to, C);
  const name = to.name(vector);
  const padded = whole === C ? name : to.emit('Pad', [name, to.ints([0, 0, 0, 0, 0, whole - C, 0, 0])]);
  return to.emit('Reshape', [padded, to.ints([N * whole])]);
}

/** The way back to [N, C, 1, 1]. */
function fromPictureVector(to: Lowering, vector: string, [N, C]: readonly [number, number]): string {
  const whole = blockedChannels(to, C);
  const name = to.emit('Reshape', [vector, to.ints([N, whole, 1, 1])]);
  if (whole === C) return name;
  return to.emit('Slice', [name, to.ints([0]), to.ints([C]), to.ints([1]), to.ints([1])]);
}

/** x · scale + shift in one pass, with one number a picture and channel of each. */
function pictureAffine(to: Lowering, x: string, shape: readonly number[], scale: string, shift?: string): string {
  const { N, C, H, W } = blockedSizes(to, shape);
  const one = to.emit('Reshape', [x, to.ints([1, N * C, H, W])]);
  const weight = to.emit('Reshape', [scale, to.ints([N * C, 1, 1, 1])]);
  const y = to.emit(`${BLOCKED}.Conv`, [one, weight, ...(shift === undefined ? [] : [shift])], {
    kernel_shape: [1, 1],
    group: N * C,
  });
  return to.emit('Reshape', [y, to.ints([N, C, H, W])]);
}

const gateKey = (name: string): string => `gate ${name}`;

/** value · gate, where the value stands in blocks. */
export function gateInBlocks(to: Lowering, value: Value, gate: Value): readonly string[] | undefined {
  const blocks = blocksAtHand(to, value);
  if (blocks === undefined) return undefined;
  const shape = value.type.shape as readonly number[];
  const scale = pictureVector(to, gate);
  const y = pictureAffine(to, blocks, shape, scale);
  to.notes.set(gateKey(y), `${blocks} ${scale}`);
  return [fromBlocks(to, y, shape[1] as number)];
}

/** Σ over space of a · b, [N, C, 1, 1], where both stand in blocks. */
export function dotsInBlocks(to: Lowering, [a, b]: readonly [Value, Value]): string | undefined {
  const [left, right] = [blocksAtHand(to, a), blocksAtHand(to, b)];
  if (left === undefined || right === undefined) return undefined;
  const [N, C, H, W] = a.type.shape as readonly [number, number, number, number];
  const dots = blockedPictureDots(to, left, right, blockedSizes(to, [N, C, H, W]));
  return fromPictureVector(to, dots, [N, C]);
}

/** The mean over space, [N, C, 1, 1], where x stands in blocks: of rows first, then of columns. */
export function meansInBlocks(to: Lowering, x: Value): string | undefined {
  const blocks = blocksAtHand(to, x);
  if (blocks === undefined) return undefined;
  const [N, C, H, W] = x.type.shape as readonly [number, number, number, number];
  const rows = to.emit(`${BLOCKED}.AveragePool`, [blocks], { kernel_shape: [1, W] });
  const all = to.emit(`${BLOCKED}.AveragePool`, [rows], { kernel_shape: [H, 1] });
  return fromPictureVector(to, all, [N, C]);
}

const spreadKey = (name: string): string => `spread ${name}`;

/** Readies what a number a picture and channel was expanded to, [N, C, H, W], to be read in blocks, or by a sum that takes the numbers. */
export function pairPictureVector(node: Node<'expand'>, to: Lowering, plain: string): void {
  const [from, shape] = [node.inputs[0] as Value, node.attrs.shape];
  const picture = from.type.shape.length === 4 && from.type.shape.every((dim, i) => dim === (i < 2 ? shape[i] : 1));
  const fixed = shape.every((dim) => typeof dim === 'number') && from.type.dtype === 'float32';
  if (!picture || !fixed || !canBlock(to, shape[1] as number, 2)) return;
  const { N, C, H, W } = blockedSizes(to, shape as readonly number[]);
  const block = blockSize(to);
  const vector = pictureVector(to, from);
  const rows = to.emit('Reshape', [vector, to.ints([(N * C) / block, 1, block])]);
  const spread = to.emit('Expand', [rows, to.ints([(N * C) / block, H * W, block])]);
  to.pair(plain, to.emit('Reshape', [spread, to.ints([N, C, H, W])]));
  to.notes.set(spreadKey(plain), vector);
}

/** a + what a number a picture and channel was expanded to, in one pass over a; in that of a gate where one makes a. */
export function addPictureVector(node: Node<'add'>, to: Lowering): readonly string[] | undefined {
  const [a, b] = node.inputs as readonly [Value, Value];
  if (a.type.shape.join() !== b.type.shape.join()) return undefined;
  for (const [value, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const vector = to.notes.get(spreadKey(to.name(other)));
    const blocks = blocksAtHand(to, value);
    if (vector === undefined || blocks === undefined) continue;
    const shape = value.type.shape as readonly number[];
    const { N, C } = blockedSizes(to, shape);
    const gate = to.uses(value) === 1 ? to.notes.get(gateKey(blocks)) : undefined;
    const [x, scale] = gate?.split(' ') ?? [blocks, filledVector(to, N * C, 1)];
    return [fromBlocks(to, pictureAffine(to, x as string, shape, scale as string, vector), shape[1] as number)];
  }
  return undefined;
}
