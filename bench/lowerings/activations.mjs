/** Activations, their gradients, global pooling and squeeze-and-excite gates. */
import { compare } from './lab.mjs';

const N = Number(process.env.BATCH ?? 8);
const rounds = Number(process.env.ROUNDS ?? 9);
for (const [C, H] of [
  [64, 112],
  [256, 56],
  [96, 112],
  [144, 56],
  [240, 28],
  [672, 14],
  [1152, 7],
]) {
  const shape = [N, C, H, H];
  const label = `C${C} H${H}`;
  const two = { dy: shape, x: shape };
  const bool = (g, a, op, v) => g.op(op, [a, g.f(v)]);
  await compare(
    `relu gradient ${label}`,
    two,
    {
      sign: (g) => g.op('Mul', ['dy', g.op('Sign', [g.op('Relu', ['x'])])]),
      where: (g) => g.op('Where', [bool(g, g.op('Relu', ['x']), 'Greater', 0), 'dy', g.f(0)]),
      cast: (g) => g.op('Mul', ['dy', g.op('Cast', [bool(g, g.op('Relu', ['x']), 'Greater', 0)], { to: 1 })]),
      castBool: (g) => g.op('Where', [g.op('Cast', [g.op('Relu', ['x'])], { to: 9 }), 'dy', g.f(0)]),
      step: (g) => g.op('Mul', ['dy', g.op('ThresholdedRelu', [g.op('Relu', ['x'])], { alpha: { float: 0 } })]),
      hugeClip: (g) => g.op('Mul', ['dy', g.op('Clip', [g.op('Mul', [g.op('Relu', ['x']), g.f(1e30)]), g.f(0), g.f(1)])]),
      hardSigmoid: (g) =>
        g.op('Mul', ['dy', g.op('HardSigmoid', [g.op('Relu', ['x'])], { alpha: { float: 2 ** 127 }, beta: { float: 0 } })]),
    },
    { rounds },
  );

  await compare(
    `relu6 gradient ${label}`,
    two,
    {
      andCast: (g) => {
        const y = g.op('Clip', ['x', g.f(0), g.f(6)]);
        return g.op('Mul', ['dy', g.op('Cast', [g.op('And', [bool(g, y, 'Greater', 0), bool(g, y, 'Less', 6)])], { to: 1 })]);
      },
      andWhere: (g) => {
        const y = g.op('Clip', ['x', g.f(0), g.f(6)]);
        return g.op('Where', [g.op('And', [bool(g, y, 'Greater', 0), bool(g, y, 'Less', 6)]), 'dy', g.f(0)]);
      },
      distance: (g) => {
        const y = g.op('Clip', ['x', g.f(0), g.f(6)]);
        return g.op('Where', [bool(g, g.op('Abs', [g.op('Sub', [y, g.f(3)])]), 'Less', 3), 'dy', g.f(0)]);
      },
      signs: (g) => {
        const y = g.op('Clip', ['x', g.f(0), g.f(6)]);
        return g.op('Mul', ['dy', g.op('Sign', [g.op('Mul', [y, g.op('Sub', [g.f(6), y])])])]);
      },
      hardSigmoids: (g) => {
        const y = g.op('Clip', ['x', g.f(0), g.f(6)]);
        return g.op('Mul', [
          g.op('Mul', ['dy', g.op('HardSigmoid', [y], { alpha: { float: 2 ** 127 }, beta: { float: 0 } })]),
          g.op('HardSigmoid', [y], { alpha: { float: -(2 ** 125) }, beta: { float: 6 * 2 ** 125 } }),
        ]);
      },
    },
    { rounds },
  );

  await compare(
    `silu ${label}`,
    { x: shape },
    {
      sigmoidMul: (g) => g.op('Mul', ['x', g.op('Sigmoid', ['x'])]),
      quickGelu: (g) => g.op('com.microsoft.QuickGelu', ['x'], { alpha: { float: 1 } }),
    },
    { rounds },
  );

  await compare(
    `silu gradient ${label}`,
    two,
    {
      // s + y (1 - s), y = x s
      fromOutput: (g) => {
        const y = g.op('com.microsoft.QuickGelu', ['x'], { alpha: { float: 1 } });
        const s = g.op('Sigmoid', ['x']);
        return g.op('Mul', ['dy', g.op('Add', [g.op('Mul', [s, g.op('Sub', [g.f(1), y])]), y])]);
      },
      recompute: (g) => {
        const s = g.op('Sigmoid', ['x']);
        return g.op('Mul', [g.op('Mul', ['dy', s]), g.op('Add', [g.op('Sub', ['x', g.op('Mul', ['x', s])]), g.f(1)])]);
      },
      gradientKernel: (g) => g.op('com.microsoft.QuickGeluGrad', ['dy', 'x'], { alpha: { float: 1 } }),
      // silu'(x) = silu(x) * (1 - s) + s; dy * s * (1 + x * (1 - s)), 1 - s = sigmoid(-x)
      affineSigmoid: (g) => {
        const y = g.op('com.microsoft.QuickGelu', ['x'], { alpha: { float: 1 } });
        return g.op('Mul', ['dy', g.op('Add', [y, g.op('Mul', [g.op('Sub', [g.f(1), y]), g.op('Sigmoid', ['x'])])])]);
      },
    },
    { rounds },
  );

  await compare(
    `gate gradient ${label}`,
    two,
    {
      mulSum: (g) => g.sum(g.op('Mul', ['dy', 'x']), [2, 3], 1),
      mulSumRows: (g) => g.sum(g.reshape(g.op('Mul', ['dy', 'x']), [N * C, H * H]), [1], 1),
      dot: (g) => g.op('MatMul', [g.reshape('dy', [N * C, 1, H * H]), g.reshape('x', [N * C, H * H, 1])]),
      fusedDot: (g) =>
        g.op('com.microsoft.FusedMatMul', [g.reshape('dy', [N * C, 1, H * H]), g.reshape('x', [N * C, 1, H * H])], { transB: 1 }),
    },
    { rounds },
  );

  await compare(
    `gate ${label}`,
    { x: shape, s: [N, C, 1, 1] },
    {
      mul: (g) => g.op('Mul', ['x', 's']),
      flatMul: (g) => g.op('Mul', [g.reshape('x', [N * C, H * H]), g.reshape('s', [N * C, 1])]),
      batchNorm: (g) =>
        g.op(
          'BatchNormalization',
          [g.reshape('x', [1, N * C, H * H]), g.reshape('s', [N * C]), g.f(0, N * C), g.f(0, N * C), g.f(1, N * C)],
          { epsilon: { float: 0 } },
        ),
    },
    { rounds },
  );

  await compare(
    `global average pool and back ${label}`,
    { x: shape, dy: [N, C, 1, 1] },
    {
      pool: (g) => g.op('GlobalAveragePool', ['x']),
      reduceMean: (g) => g.op('ReduceMean', ['x'], { axes: [2, 3], keepdims: 1 }),
      reduceRows: (g) => g.op('ReduceMean', [g.reshape('x', [N * C, H * H])], { axes: [1], keepdims: 1 }),
    },
    { rounds },
  );
  await compare(
    `expand ${label}`,
    { dy: [N, C, 1, 1] },
    {
      expand: (g) => g.op('Expand', ['dy', g.ints(shape)]),
      expandRows: (g) => g.op('Expand', [g.reshape('dy', [N * C, 1]), g.ints([N * C, H * H])]),
      matmulOnes: (g) => g.op('MatMul', [g.reshape('dy', [N * C, 1]), g.reshape(g.f(1, H * H), [1, H * H])]),
      tile: (g) => g.op('Tile', ['dy', g.ints([1, 1, H, H])]),
    },
    { rounds },
  );
}
