/** Batch norm in training: statistics, the affine step, and the backward pass. */
import { compare } from './lab.mjs';

const N = Number(process.env.BATCH ?? 8);
const rounds = Number(process.env.ROUNDS ?? 9);
const shapes = [
  [64, 112],
  [64, 56],
  [256, 56],
  [512, 28],
  [1024, 14],
  [2048, 7],
  [32, 112],
  [96, 112],
  [144, 56],
  [240, 28],
  [672, 14],
  [1152, 7],
];
const eps = { epsilon: { float: 1e-5 } };

for (const [C, H] of shapes) {
  if (process.env.ONLY && !process.env.ONLY.split(',').includes(`${C}x${H}`)) continue;
  const P = H * H;
  const M = N * P;
  const label = `C${C} H${H}`;
  await compare(
    `sum ${label}`,
    { x: [N, C, H, H] },
    {
      axes023: (g) => g.op('ReduceMean', ['x'], { axes: [0, 2, 3], keepdims: 0 }),
      sum2then0: (g) => g.op('Mul', [g.sum(g.sum(g.reshape('x', [N, C, P]), [2]), [0]), g.f(1 / M)]),
      mean2then0: (g) =>
        g.op('ReduceMean', [g.op('ReduceMean', [g.reshape('x', [N, C, P])], { axes: [2], keepdims: 0 })], {
          axes: [0],
          keepdims: 0,
        }),
      globalPool: (g) => g.op('ReduceMean', [g.reshape(g.op('GlobalAveragePool', ['x']), [N, C])], { axes: [0], keepdims: 0 }),
      matmulOnes: (g) => g.op('Mul', [g.sum(g.op('MatMul', [g.reshape('x', [N * C, P]), g.f(1 / M, P)]), [0], 1), g.f(1)]),
      gemvOnes: (g) =>
        g.sum(g.reshape(g.op('MatMul', [g.reshape('x', [N * C, P]), g.reshape(g.f(1 / M, P), [P, 1])]), [N, C]), [0]),
    },
    { rounds },
  );

  await compare(
    `sum of squares ${label}`,
    { x: [N, C, H, H] },
    {
      axes023: (g) => g.op('ReduceSumSquare', ['x'], { axes: [0, 2, 3], keepdims: 0 }),
      square2then0: (g) => g.sum(g.op('ReduceSumSquare', [g.reshape('x', [N, C, P])], { axes: [2], keepdims: 0 }), [0]),
      dot: (g) => g.sum(g.reshape(g.op('MatMul', [g.reshape('x', [N * C, 1, P]), g.reshape('x', [N * C, P, 1])]), [N, C]), [0]),
      fusedDot: (g) =>
        g.sum(
          g.reshape(
            g.op('com.microsoft.FusedMatMul', [g.reshape('x', [N * C, 1, P]), g.reshape('x', [N * C, 1, P])], { transB: 1 }),
            [N, C],
          ),
          [0],
        ),
      mulSum: (g) => g.sum(g.op('Mul', ['x', 'x']), [0, 2, 3]),
    },
    { rounds },
  );

  await compare(
    `sum of products ${label}`,
    { x: [N, C, H, H], dy: [N, C, H, H] },
    {
      mulSum: (g) => g.sum(g.op('Mul', ['x', 'dy']), [0, 2, 3]),
      mulSum2then0: (g) => g.sum(g.sum(g.reshape(g.op('Mul', ['x', 'dy']), [N, C, P]), [2]), [0]),
      dot: (g) => g.sum(g.reshape(g.op('MatMul', [g.reshape('x', [N * C, 1, P]), g.reshape('dy', [N * C, P, 1])]), [N, C]), [0]),
      fusedDot: (g) =>
        g.sum(
          g.reshape(
            g.op('com.microsoft.FusedMatMul', [g.reshape('x', [N * C, 1, P]), g.reshape('dy', [N * C, 1, P])], { transB: 1 }),
            [N, C],
          ),
          [0],
        ),
    },
    { rounds },
  );

  const affine = (g, mean, variance) => g.op('BatchNormalization', ['x', g.f(1.5, C), g.f(0.25, C), mean, variance], eps);
  const meanOf = (g) =>
    g.op('ReduceMean', [g.op('ReduceMean', [g.reshape('x', [N, C, P])], { axes: [2], keepdims: 0 })], { axes: [0], keepdims: 0 });
  await compare(
    `forward ${label}`,
    { x: [N, C, H, H] },
    {
      moments(g) {
        const mean = meanOf(g);
        const square = g.op('Mul', [
          g.sum(g.op('ReduceSumSquare', [g.reshape('x', [N, C, P])], { axes: [2], keepdims: 0 }), [0]),
          g.f(1 / M),
        ]);
        return affine(g, mean, g.op('Sub', [square, g.op('Mul', [mean, mean])]));
      },
      twoPass(g) {
        const mean = meanOf(g);
        const centered = g.op('Sub', [g.reshape('x', [N, C, P]), g.reshape(mean, [1, C, 1])]);
        const variance = g.op('Mul', [g.sum(g.op('ReduceSumSquare', [centered], { axes: [2], keepdims: 0 }), [0]), g.f(1 / M)]);
        return affine(g, mean, variance);
      },
      centeredOnce(g) {
        // The centered value is the fused affine step's input as well, so x itself is not needed again.
        const mean = meanOf(g);
        const centered = g.op('BatchNormalization', ['x', g.f(1, C), g.f(0, C), mean, g.f(1 - 1e-5, C)], eps);
        const variance = g.op('Mul', [
          g.sum(g.op('ReduceSumSquare', [g.reshape(centered, [N, C, P])], { axes: [2], keepdims: 0 }), [0]),
          g.f(1 / M),
        ]);
        return g.op('BatchNormalization', [centered, g.f(1.5, C), g.f(0.25, C), g.f(0, C), variance], eps);
      },
      operator(g) {
        return g.ops('BatchNormalization', ['x', g.f(1.5, C), g.f(0.25, C), g.f(0, C), g.f(1, C)], 3, {
          ...eps,
          training_mode: 1,
          momentum: { float: 0 },
        })[0];
      },
      rowwise(g) {
        // Variance = mean of the row variances + variance of the row means (rows: one channel of one picture).
        const rows = g.reshape('x', [N, C, P]);
        const rowMean = g.op('ReduceMean', [rows], { axes: [2], keepdims: 1 });
        const mean = g.op('ReduceMean', [rowMean], { axes: [0, 2], keepdims: 0 });
        const [, m, inv] = g.ops('LayerNormalization', [rows, g.f(1, P)], 3, { axis: 2, epsilon: { float: 1e-30 } });
        const within = g.op('Reciprocal', [g.op('Mul', [inv, inv])]);
        const gap = g.op('Sub', [m, g.reshape(mean, [1, C, 1])]);
        const variance = g.op('ReduceMean', [g.op('Add', [within, g.op('Mul', [gap, gap])])], { axes: [0, 2], keepdims: 0 });
        return affine(g, mean, variance);
      },
    },
    { rounds },
  );

  const rows = (g, name) => g.reshape(name, [N * C, 1, P]);
  const dot = (g, a, b) =>
    P >= 512
      ? g.sum(g.reshape(g.op('com.microsoft.FusedMatMul', [rows(g, a), rows(g, b)], { transB: 1 }), [N, C]), [0])
      : g.sum(g.sum(g.reshape(g.op('Mul', [a, b]), [N, C, P]), [2]), [0]);
  const total = (g, name) => g.sum(g.sum(g.reshape(name, [N, C, P]), [2]), [0]);
  const scaled = (g, name, by, plus) => g.op('BatchNormalization', [name, by, plus, g.f(0, C), g.f(1, C)], eps);
  const wide = (g, name) => g.reshape(name, [C, 1, 1]);
  // dx = scale * inv * (dy - sum(dy) / M - (x - mean) * inv^2 * sum(dy (x - mean)) / M); here scale = 1, inv = 1.
  await compare(
    `backward ${label}`,
    { x: [N, C, H, H], dy: [N, C, H, H], mean: [C] },
    {
      uncentered(g) {
        const s1 = total(g, 'dy');
        const s2 = g.op('Sub', [dot(g, 'dy', 'x'), g.op('Mul', ['mean', s1])]);
        const b = g.op('Mul', [s2, g.f(-1 / M)]);
        const c = g.op('Sub', [g.op('Mul', [s1, g.f(-1 / M)]), g.op('Mul', [b, 'mean'])]);
        return [g.op('Add', [scaled(g, 'dy', g.f(1, C), c), scaled(g, 'x', b, g.f(0, C))]), s1, s2];
      },
      centeredBySub(g) {
        const s1 = total(g, 'dy');
        const xc = g.op('Sub', ['x', wide(g, 'mean')]);
        const s2 = dot(g, 'dy', xc);
        const b = g.op('Mul', [s2, g.f(-1 / M)]);
        const c = g.op('Mul', [s1, g.f(-1 / M)]);
        return [g.op('Add', [scaled(g, 'dy', g.f(1, C), c), g.op('Mul', [xc, wide(g, b)])]), s1, s2];
      },
      centeredByAffine(g) {
        const s1 = total(g, 'dy');
        const xc = g.op('BatchNormalization', ['x', g.f(1, C), g.f(0, C), 'mean', g.f(1 - 1e-5, C)], eps);
        const s2 = dot(g, 'dy', xc);
        const b = g.op('Mul', [s2, g.f(-1 / M)]);
        const c = g.op('Mul', [s1, g.f(-1 / M)]);
        return [g.op('Add', [scaled(g, 'dy', g.f(1, C), c), scaled(g, xc, b, g.f(0, C))]), s1, s2];
      },
      centeredTwice(g) {
        // dx = dy - xc * k - s1/M as two Subs of broadcasts.
        const s1 = total(g, 'dy');
        const xc = g.op('Sub', ['x', wide(g, 'mean')]);
        const s2 = dot(g, 'dy', xc);
        const b = g.op('Mul', [s2, g.f(1 / M)]);
        const u = g.op('BatchNormalization', [xc, b, g.op('Mul', [s1, g.f(1 / M)]), g.f(0, C), g.f(1, C)], eps);
        return [scaled(g, g.op('Sub', ['dy', u]), g.f(1, C), g.f(0, C)), s1, s2];
      },
    },
    { rounds },
  );
}
