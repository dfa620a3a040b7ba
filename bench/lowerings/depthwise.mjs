/** Depthwise convolutions and the gradients of their weights: plain, blocked and element by element. Blocks of 16: AVX-512. */
import { compare } from './lab.mjs';

const N = Number(process.env.BATCH ?? 8);
const B = Number(process.env.BLOCK ?? 16);
const rounds = Number(process.env.ROUNDS ?? 7);
const blocked = (g, x) => g.op('com.microsoft.nchwc.ReorderInput', [x]);

for (const [C, H, k, s] of [
  [32, 112, 3, 1],
  [96, 112, 3, 2],
  [144, 56, 3, 1],
  [144, 56, 5, 2],
  [240, 28, 5, 1],
  [480, 14, 3, 1],
  [672, 14, 5, 2],
  [1152, 7, 5, 1],
]) {
  const p = (k - 1) / 2;
  const Ho = Math.floor((H + 2 * p - k) / s) + 1;
  const extra = H - ((Ho - 1) * s + k - 2 * p);
  const label = `C${C} H${H} k${k} s${s}`;
  const windows = { kernel_shape: [k, k], pads: [p, p, p, p], strides: [s, s], group: C };
  const views = (g) => {
    const padded = g.op('Pad', ['x', g.ints([0, 0, p, p, 0, 0, p, p])]);
    return Array.from({ length: k * k }, (_, t) => [Math.floor(t / k), t % k]).map(([i, j]) => ({
      i,
      j,
      view: g.slice(padded, [i, j], [i + (Ho - 1) * s + 1, j + (Ho - 1) * s + 1], [2, 3], [s, s]),
    }));
  };
  await compare(
    `depthwise ${label}`,
    { x: [N, C, H, H], w: [C, 1, k, k] },
    {
      conv: (g) => g.op('Conv', ['x', 'w'], windows),
      blocked(g) {
        const w = g.reshape(blocked(g, g.reshape('w', [1, C, k, k])), [C, 1, k, k]);
        return g.op('com.microsoft.nchwc.ReorderOutput', [g.op('com.microsoft.nchwc.Conv', [blocked(g, 'x'), w], windows)], {
          channels: C,
        });
      },
      taps(g) {
        let sum;
        for (const { i, j, view } of views(g)) {
          const part = g.op('Mul', [view, g.reshape(g.slice('w', [i, j], [i + 1, j + 1], [2, 3], [1, 1]), [1, C, 1, 1])]);
          sum = sum ? g.op('Add', [sum, part]) : part;
        }
        return sum;
      },
    },
    { rounds },
  );
  const swapped = { kernel_shape: [Ho, Ho], dilations: [s, s], pads: [p, p, p - extra, p - extra] };
  await compare(
    `depthwise weight gradient ${label}`,
    { x: [N, C, H, H], dy: [N, C, Ho, Ho] },
    {
      conv(g) {
        const x = g.reshape(g.transpose('x', [1, 0, 2, 3]), [1, C * N, H, H]);
        return g.reshape(g.op('Conv', [x, g.transpose('dy', [1, 0, 2, 3])], { ...swapped, group: C }), [C, 1, k, k]);
      },
      blocked(g) {
        const x = g.reshape(blocked(g, 'x'), [1, N * C, H, H]);
        const y = g.op('com.microsoft.nchwc.Conv', [x, g.reshape(blocked(g, 'dy'), [N * C, 1, Ho, Ho])], {
          ...swapped,
          group: N * C,
        });
        const sum = g.sum(g.reshape(y, [N, C / B, k * k, B]), [0]);
        return g.reshape(g.transpose(sum, [0, 2, 1]), [C, 1, k, k]);
      },
      taps(g) {
        const sums = views(g).map(({ view }) => g.sum(g.op('Mul', [view, 'dy']), [0, 2, 3]));
        return g.reshape(g.transpose(g.reshape(g.op('Concat', sums, { axis: 0 }), [k * k, C]), [1, 0]), [C, 1, k, k]);
      },
    },
    { rounds },
  );
}
