/** Weights and their gradients brought into another order, or cut to the kernel elements that meet the picture. */
import { compare } from './lab.mjs';

const rounds = Number(process.env.ROUNDS ?? 7);
const identity = (g, n) =>
  g.constant(
    1,
    [n, n],
    Float32Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0)),
  );

// [K, taps, C] to [K, C, taps].
for (const [K, taps, C] of [
  [64, 9, 64],
  [128, 9, 128],
  [256, 9, 256],
  [512, 4, 256],
  [512, 9, 512],
]) {
  const alternatives = {
    transpose: (g) => g.transpose('x', [0, 2, 1]),
    identity: (g) => g.op('com.microsoft.FusedMatMul', ['x', identity(g, taps)], { transA: 1 }),
  };
  await compare(`taps last K${K} taps${taps} C${C}`, { x: [K, taps, C] }, alternatives, { rounds });
}

// The middle of a 3x3 kernel, all that meets a picture of one element.
for (const [N, C, K] of [
  [32, 512, 512],
  [128, 512, 512],
]) {
  const whole = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
  const middle = (g) =>
    g.constant(
      1,
      [9, 1],
      Float32Array.from({ length: 9 }, (_, i) => Number(i === 4)),
    );
  const conv = (g, w) => g.op('Conv', ['x', g.reshape(w, [K, C, 1, 1])], { kernel_shape: [1, 1] });
  const alternatives = {
    whole: (g) => g.op('Conv', ['x', 'w'], whole),
    slice: (g) => conv(g, g.slice(g.reshape('w', [K * C, 9]), [4], [5], [1], [1])),
    gather: (g) => conv(g, g.op('Gather', [g.reshape('w', [K * C, 9]), g.ints([4])], { axis: 1 })),
    product: (g) => conv(g, g.op('MatMul', [g.reshape('w', [K * C, 9]), middle(g)])),
  };
  await compare(`middle N${N} C${C} K${K}`, { x: [N, C, 1, 1], w: [K, C, 3, 3] }, alternatives, { rounds });
}
