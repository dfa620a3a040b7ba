/** Dense convolutions in the plain and in the blocked layout, reordering included. Blocks of 16: AVX-512. */
import { compare } from './lab.mjs';

const N = Number(process.env.BATCH ?? 8);
const B = Number(process.env.BLOCK ?? 16);
const DOMAIN = 'com.microsoft.nchwc';

for (const [C, K, H, k, s] of [
  [64, 64, 56, 3, 1],
  [128, 128, 28, 3, 1],
  [256, 256, 14, 3, 1],
  [512, 512, 7, 3, 1],
  [64, 128, 56, 3, 2],
  [64, 256, 56, 1, 1],
  [1024, 256, 14, 1, 1],
]) {
  const p = (k - 1) / 2;
  const windows = { kernel_shape: [k, k], pads: [p, p, p, p], strides: [s, s] };
  const weight = (g) => g.reshape(g.transpose(g.reshape('w', [K / B, B, C / B, B, k * k]), [0, 2, 4, 3, 1]), [K, C, k, k]);
  const inputs = { x: [N, C, H, H], w: [K, C, k, k] };
  const alternatives = {
    conv: (g) => g.op('Conv', ['x', 'w'], windows),
    blocked: (g) =>
      g.op(`${DOMAIN}.ReorderOutput`, [g.op(`${DOMAIN}.Conv`, [g.op(`${DOMAIN}.ReorderInput`, ['x']), weight(g)], windows)], {
        channels: K,
      }),
  };
  await compare(`dense C${C} K${K} H${H} k${k} s${s}`, inputs, alternatives, { rounds: Number(process.env.ROUNDS ?? 7) });
}
