/**
 * ONNX Runtime's blocked layout of its native CPU back end: channels in groups of `block` (8 or 16, by the processor) that lie
 * side by side in memory, so that one vector instruction works on them all. Its depthwise convolutions are several times
 * faster than those of the plain layout (docs/lowerings.md).
 *
 * A blocked value has the plain shape with channels rounded up to whole blocks. The weight of a depthwise convolution,
 * [C, 1, ...kernel], is blocked as a picture of shape [1, C, ...kernel] is.
 */
import type { Dim } from '../ir/dim.ts';
import type { Lowering } from './rules.ts';
import { onnxWindows, type WindowAttrs } from './windows.ts';

/** The domain of ONNX Runtime's operators on blocked values. */
export const BLOCKED = 'com.microsoft.nchwc';

/** True when this depthwise convolution can run in the blocked layout. ONNX Runtime reorders channels by fours. */
export function canBlock(to: Lowering, channels: Dim, spatialRank: number): channels is number {
  const available = to.target === 'cpu' && !to.portable && (to.nchwcBlock ?? 0) > 1;
  return available && spatialRank === 2 && typeof channels === 'number' && channels % 4 === 0;
}

/** Channels rounded up to whole blocks. */
export function blockedChannels(to: Lowering, channels: number): number {
  const block = to.nchwcBlock ?? 1;
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

/** The weight [C, 1, kh, kw] of a depthwise convolution, blocked, as [C', 1, kh, kw] with C' of whole blocks. */
export function blockedWeight(to: Lowering, weight: string, channels: number, kernel: readonly number[]): string {
  const picture = to.emit('Reshape', [weight, to.ints([1, channels, ...kernel])]);
  return to.emit('Reshape', [toBlocks(to, picture), to.ints([blockedChannels(to, channels), 1, ...kernel])]);
}

/** A depthwise convolution, blocked values in and out. */
export function blockedDepthwise(
  to: Lowering,
  x: string,
  weight: string,
  channels: number,
  kernel: readonly number[],
  attrs: WindowAttrs,
): string {
  return to.emit(`${BLOCKED}.Conv`, [x, weight], { ...onnxWindows(attrs, kernel), group: blockedChannels(to, channels) });
}
