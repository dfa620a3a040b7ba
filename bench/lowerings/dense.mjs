/** Dense convolutions plain, blocked and folded, reordering of values and weights included. Blocks of 16: AVX-512. */
import { compare } from './lab.mjs';

const B = Number(process.env.BLOCK ?? 16);
const DOMAIN = 'com.microsoft.nchwc';

for (const [N, C, K, H, k, s] of [
  [8, 64, 64, 56, 3, 1],
  [8, 128, 128, 28, 3, 1],
  [8, 256, 256, 14, 3, 1],
  [8, 512, 512, 7, 3, 1],
  [8, 64, 128, 56, 3, 2],
  [8, 64, 256, 56, 1, 1],
  [8, 1024, 256, 14, 1, 1],
  [32, 64, 64, 8, 3, 1],
  [32, 128, 128, 4, 3, 1],
  [32, 256, 256, 2, 3, 1],
  [128, 128, 128, 4, 3, 1],
  [128, 256, 256, 2, 3, 1],
]) {
  const p = (k - 1) / 2;
  const windows = { kernel_shape: [k, k], pads: [p, p, p, p], strides: [s, s] };
  const out = Math.floor((H - 1) / s) + 1;
  const filter = (g) => {
    const rows = g.op(`${DOMAIN}.ReorderInput`, [g.reshape('w', [1, K, C, k * k])]);
    if (k === 1) return g.reshape(rows, [K, C, 1, 1]);
    return g.reshape(g.transpose(g.reshape(rows, [(K / B) * (C / B), B, k * k, B]), [0, 2, 1, 3]), [K, C, k, k]);
  };
  const fold = (g, x, channels, side) =>
    g.reshape(g.transpose(g.reshape(x, [N, channels * side * side]), [1, 0]), [1, channels, side, side * N]);
  const unfold = (g, y) => g.reshape(g.transpose(g.reshape(y, [K * out * out, N]), [1, 0]), [N, K, out, out]);
  const far = { kernel_shape: [k, k], pads: [p, p * N, p, p * N], dilations: [1, N], strides: [1, 1] };
  const alternatives = {
    conv: (g) => g.op('Conv', ['x', 'w'], windows),
    blocked: (g) =>
      g.op(`${DOMAIN}.ReorderOutput`, [g.op(`${DOMAIN}.Conv`, [g.op(`${DOMAIN}.ReorderInput`, ['x']), filter(g)], windows)], {
        channels: K,
      }),
    ...(s === 1 ? { folded: (g) => unfold(g, g.op('Conv', [fold(g, 'x', C, H), 'w'], far)) } : {}),
  };
  const inputs = { x: [N, C, H, H], w: [K, C, k, k] };
  await compare(`N${N} C${C} K${K} H${H} k${k} s${s}`, inputs, alternatives, { rounds: Number(process.env.ROUNDS ?? 7) });
}
