/** A weight's gradient as matrix products over the input elements under each kernel element, copied side by side. */

import type { Sizes } from './conv-weight-sizes.ts';
import type { Lowering } from './rules.ts';
import type { ConvAttrs } from './windows.ts';
import { padOrCrop } from './windows.ts';

/** Input elements under each kernel element, in C order of the kernel: views of [A, B, ...windows] of a value [A, B, ...spatial]. */
function tapViews(to: Lowering, x: string, sizes: Sizes, attrs: ConvAttrs): readonly string[] {
  const { kernel, windows, axes, taps, after } = sizes;
  if (taps === 1 && attrs.strides.every((stride) => stride === 1) && [...attrs.padsBegin, ...after].every((pad) => pad === 0))
    return [x];
  const padded = padOrCrop(
    to,
    x,
    attrs.padsBegin,
    after.map((pad) => Math.max(pad, 0)),
  );
  return Array.from({ length: taps }, (_, tap) => {
    const starts: number[] = [];
    let rest = tap;
    for (let i = kernel.length - 1; i >= 0; i--) {
      starts[i] = (rest % (kernel[i] as number)) * (attrs.dilations[i] as number);
      rest = Math.floor(rest / (kernel[i] as number));
    }
    const ends = starts.map((start, i) => start + ((windows[i] as number) - 1) * (attrs.strides[i] as number) + 1);
    return to.emit('Slice', [padded, to.ints(starts), to.ints(ends), to.ints(axes), to.ints(attrs.strides)]);
  });
}

/** a · bᵀ of the matrices in the last two of `rank` axes. */
function timesTransposed(to: Lowering, a: string, b: string, rank: number): string {
  if (to.target === 'cpu' && !to.portable) return to.emit('com.microsoft.FusedMatMul', [a, b], { transB: 1 });
  const perm = Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
  return to.emit('MatMul', [a, to.emit('Transpose', [b], { perm })]);
}

function concat(to: Lowering, parts: readonly string[], axis: number): string {
  return parts.length === 1 ? (parts[0] as string) : to.emit('Concat', parts, { axis });
}

/** One product [K, positions] · [positions, taps · C] for each picture and group, then their sum over pictures. */
export function byPicture(to: Lowering, x: string, dy: string, sizes: Sizes, attrs: ConvAttrs): string {
  const { N, C, K, positions, taps, groups, kernel, axes } = sizes;
  const group = groups === 1 ? [] : [groups];
  const views = tapViews(to, x, sizes, attrs).map((view) =>
    to.emit('Reshape', [view, to.ints([N, ...group, C / groups, positions])]),
  );
  const columns = concat(to, views, 1 + group.length);
  const rows = to.emit('Reshape', [dy, to.ints([N, ...group, K / groups, positions])]);
  const products = timesTransposed(to, rows, columns, 3 + group.length);
  const sum = N === 1 ? products : to.emit('ReduceSum', [products, to.ints([0])], { keepdims: 0 });
  if (taps === 1) return to.emit('Reshape', [sum, to.ints([K, C / groups, ...kernel])]);
  const split = to.emit('Reshape', [sum, to.ints([K, ...kernel, C / groups])]);
  return to.emit('Transpose', [split], { perm: [0, kernel.length + 1, ...axes.map((axis) => axis - 1)] });
}

/** One product [K, N · positions] · [N · positions, C · taps]: fewer sums, but x and dy are transposed. */
export function atOnce(to: Lowering, x: string, dy: string, sizes: Sizes, attrs: ConvAttrs): string {
  const { N, C, K, positions, taps, kernel, axes } = sizes;
  const channelsFirst = (name: string): string => (N === 1 ? name : to.emit('Transpose', [name], { perm: [1, 0, ...axes] }));
  const moved = N === 1 ? to.emit('Reshape', [x, to.ints([C, 1, ...sizes.spatial])]) : channelsFirst(x);
  const views = tapViews(to, moved, sizes, attrs).map((view) => to.emit('Reshape', [view, to.ints([C, 1, N * positions])]));
  const columns = to.emit('Reshape', [concat(to, views, 1), to.ints([C * taps, N * positions])]);
  const rows = to.emit('Reshape', [channelsFirst(dy), to.ints([K, N * positions])]);
  return to.emit('Reshape', [timesTransposed(to, rows, columns, 2), to.ints([K, C, ...kernel])]);
}

/** True when the sum over pictures of the products by picture costs more than transposing x and dy does. */
export function fewPositions({ N, C, K, taps, positions, groups }: Sizes): boolean {
  return groups === 1 && (N === 1 || K * C * taps > positions * (K + C * taps));
}
