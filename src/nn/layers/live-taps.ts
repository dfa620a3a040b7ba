/**
 * Kernel elements that meet nothing but padding, as most of a 3x3 kernel do on a picture of one element. In training they are left
 * out: a selection by a matrix of zeros and ones, whose gradient puts zeros where they stand.
 */
import { float32 } from '../../base/tensor.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { constant, matmul, reshape } from '../functional.ts';

/** A convolution's windows, one number for each spatial axis. */
export interface LiveWindows {
  readonly stride: readonly number[];
  readonly padding: readonly number[] | { readonly before: readonly number[]; readonly after: readonly number[] };
  readonly dilation: readonly number[];
}

/** Which elements of a kernel meet the input along one axis, and how the windows slide when the rest is cut off. */
interface LiveAxis {
  readonly first: number;
  readonly count: number;
  readonly stride: number;
  readonly before: number;
  readonly after: number;
}

function liveAxis(length: number, kernel: number, stride: number, padding: number, dilation: number): LiveAxis {
  const windows = Math.floor((length + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
  const meets = (tap: number): boolean =>
    Array.from({ length: windows }, (_, i) => stride * i + dilation * tap - padding).some(
      (place) => place >= 0 && place < length,
    );
  const taps = Array.from({ length: kernel }, (_, tap) => tap).filter(meets);
  const [first, count] = [taps[0] ?? 0, taps.length];
  const before = padding - dilation * first;
  const reach = dilation * (count - 1) + 1;
  // A single window has nowhere to go: its stride may as well be 1, which suits more lowerings.
  return { first, count, stride: windows === 1 ? 1 : stride, before, after: (windows - 1) * stride + reach - before - length };
}

/**
 * The weight [K, C, ...kernel] without dead elements, and its windows; undefined when half of the elements or more are alive, or the
 * cut windows would not see all of the input.
 */
export function liveTaps(
  x: Value,
  weight: Value,
  { stride, padding, dilation }: { readonly [key in keyof LiveWindows]: readonly number[] },
): { readonly weight: Value; readonly windows: LiveWindows } | undefined {
  const lengths = x.type.shape.slice(2);
  if (!lengths.every((length) => typeof length === 'number')) return undefined;
  const [K, C, ...kernel] = weight.type.shape as readonly number[];
  const axes = kernel.map((size, i) =>
    liveAxis(lengths[i] as number, size, stride[i] as number, padding[i] as number, dilation[i] as number),
  );
  const taps = kernel.reduce((a, b) => a * b, 1);
  const live = axes.reduce((product, { count }) => product * count, 1);
  if (live === 0 || 2 * live >= taps || axes.some(({ before, after }) => before < 0 || after < 0)) return undefined;
  const matrix = new Float32Array(taps * live);
  for (let tap = 0, column = 0; tap < taps; tap++) {
    let rest = tap;
    let alive = true;
    for (let i = kernel.length - 1; i >= 0; i--) {
      const place = (rest % (kernel[i] as number)) - (axes[i] as LiveAxis).first;
      alive &&= place >= 0 && place < (axes[i] as LiveAxis).count;
      rest = Math.floor(rest / (kernel[i] as number));
    }
    if (alive) matrix[tap * live + column++] = 1;
  }
  const rows = reshape(weight, [(K as number) * (C as number), taps]);
  const chosen = matmul(rows, constant(x.builder, float32([taps, live], matrix)));
  return {
    weight: reshape(chosen, [K as number, C as number, ...axes.map(({ count }) => count)]),
    windows: {
      stride: axes.map((axis) => axis.stride),
      padding: { before: axes.map(({ before }) => before), after: axes.map(({ after }) => after) },
      dilation,
    },
  };
}
