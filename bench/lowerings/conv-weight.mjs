/** Gradient of a dense convolution's weights: alternatives at the zoo's shapes. */
import { compare } from './lab.mjs';

const N = Number(process.env.BATCH ?? 8);
const shapes = [
  // channels in, out, size, kernel, stride
  [3, 64, 224, 7, 2],
  [3, 32, 224, 3, 2],
  [64, 64, 56, 3, 1],
  [128, 128, 28, 3, 1],
  [128, 128, 56, 3, 2],
  [256, 256, 14, 3, 1],
  [512, 512, 7, 3, 1],
  [64, 256, 56, 1, 1],
  [256, 64, 56, 1, 1],
  [256, 512, 56, 1, 2],
  [512, 128, 28, 1, 1],
  [1024, 256, 14, 1, 1],
  [512, 2048, 7, 1, 1],
  [16, 96, 112, 1, 1],
  [24, 144, 56, 1, 1],
  [144, 24, 56, 1, 1],
  [40, 240, 28, 1, 1],
  [112, 672, 14, 1, 1],
  [192, 1152, 7, 1, 1],
  [320, 1280, 7, 1, 1],
  [672, 28, 1, 1, 1],
];
const fused = 'com.microsoft.FusedMatMul';

for (const [C, K, H, k, s] of shapes) {
  const p = (k - 1) / 2;
  const Ho = Math.floor((H + 2 * p - k) / s) + 1;
  const P = Ho * Ho;
  const taps = (g, x) => {
    const padded = p ? g.op('Pad', [x, g.ints([0, 0, p, p, 0, 0, p, p])]) : x;
    const out = [];
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) {
        out.push(k === 1 && s === 1 ? x : g.slice(padded, [i, j], [i + (Ho - 1) * s + 1, j + (Ho - 1) * s + 1], [2, 3], [s, s]));
      }
    }
    return out;
  };
  const join = (g, parts, axis) => (parts.length === 1 ? parts[0] : g.op('Concat', parts, { axis }));
  await compare(
    `weight gradient C${C} K${K} H${H} k${k} s${s}`,
    { x: [N, C, H, H], dy: [N, K, Ho, Ho] },
    {
      batched(g) {
        const columns = join(
          g,
          taps(g, 'x').map((t) => g.reshape(t, [N, C, P])),
          1,
        );
        const each = g.op(fused, [g.reshape('dy', [N, K, P]), columns], { transB: 1 });
        const all = g.sum(each, [0]);
        return k === 1
          ? g.reshape(all, [K, C, 1, 1])
          : g.reshape(g.transpose(g.reshape(all, [K, k * k, C]), [0, 2, 1]), [K, C, k, k]);
      },
      swapped(g) {
        const columns = join(
          g,
          taps(g, 'x').map((t) => g.reshape(t, [N, C, P])),
          1,
        );
        const each = g.op(fused, [columns, g.reshape('dy', [N, K, P])], { transB: 1 });
        const all = g.sum(each, [0]);
        return g.reshape(g.transpose(g.reshape(all, [k * k, C, K]), [2, 1, 0]), [K, C, k, k]);
      },
      flat(g) {
        const x = g.transpose('x', [1, 0, 2, 3]);
        const columns = g.reshape(
          join(
            g,
            taps(g, x).map((t) => g.reshape(t, [C, 1, N * P])),
            1,
          ),
          [C * k * k, N * P],
        );
        const dy = g.reshape(g.transpose('dy', [1, 0, 2, 3]), [K, N * P]);
        return g.reshape(g.op(fused, [dy, columns], { transB: 1 }), [K, C, k, k]);
      },
      flatGemm(g) {
        const x = g.transpose('x', [1, 0, 2, 3]);
        const columns = g.reshape(
          join(
            g,
            taps(g, x).map((t) => g.reshape(t, [C, 1, N * P])),
            1,
          ),
          [C * k * k, N * P],
        );
        const dy = g.reshape(g.transpose('dy', [1, 0, 2, 3]), [K, N * P]);
        return g.reshape(g.op('Gemm', [dy, columns], { transB: 1 }), [K, C, k, k]);
      },
      flatStandard(g) {
        const x = g.transpose('x', [0, 2, 3, 1]);
        const padded = p ? g.op('Pad', [x, g.ints([0, p, p, 0, 0, p, p, 0])]) : x;
        const out = [];
        for (let i = 0; i < k; i++) {
          for (let j = 0; j < k; j++) {
            out.push(
              k === 1 && s === 1 ? x : g.slice(padded, [i, j], [i + (Ho - 1) * s + 1, j + (Ho - 1) * s + 1], [1, 2], [s, s]),
            );
          }
        }
        const columns = g.reshape(join(g, out, 3), [N * P, k * k * C]);
        const dy = g.reshape(g.transpose('dy', [1, 0, 2, 3]), [K, N * P]);
        const all = g.op('MatMul', [dy, columns]);
        return g.reshape(g.transpose(g.reshape(all, [K, k * k, C]), [0, 2, 1]), [K, C, k, k]);
      },
      perTap(g) {
        const dy = g.reshape('dy', [N, K, P]);
        const parts = taps(g, 'x').map((t) =>
          g.reshape(g.sum(g.op(fused, [dy, g.reshape(t, [N, C, P])], { transB: 1 }), [0]), [K, C, 1]),
        );
        return g.reshape(join(g, parts, 2), [K, C, k, k]);
      },
      batchedNoAdd(g) {
        const columns = join(
          g,
          taps(g, 'x').map((t) => g.reshape(t, [N, C, P])),
          1,
        );
        const ct = g.reshape(columns, [N, C * k * k, P]);
        const dys = g.ops('Split', [g.reshape('dy', [N, K, P])], N, { axis: 0 });
        const cs = g.ops('Split', [ct], N, { axis: 0 });
        let sum;
        for (let n = 0; n < N; n++) {
          const a = g.reshape(dys[n], [K, P]);
          const b = g.reshape(cs[n], [C * k * k, P]);
          sum = g.op('Gemm', sum ? [a, b, sum] : [a, b], { transB: 1 });
        }
        return g.reshape(g.transpose(g.reshape(sum, [K, k * k, C]), [0, 2, 1]), [K, C, k, k]);
      },
    },
    { rounds: Number(process.env.ROUNDS ?? 9) },
  );
}
