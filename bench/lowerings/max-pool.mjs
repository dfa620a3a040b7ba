/** The gradient of a 3x3 max pool of stride 2 at the ResNets' shape, and its parts. */
import { compare } from './lab.mjs';

const N = Number(process.env.BATCH ?? 8);
const [C, H, Ho] = [64, 112, 56];
const pool = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] };
const rounds = Number(process.env.ROUNDS ?? 7);

const depthToSpace = (g, parts) => g.op('DepthToSpace', [g.op('Concat', parts, { axis: 1 })], { blocksize: 2, mode: 'DCR' });

await compare(
  `max pool gradient C${C} H${H}`,
  { x: [N, C, H, H], dy: [N, C, Ho, Ho] },
  {
    scatter(g) {
      const indices = g.ops('MaxPool', ['x'], 2, pool)[1];
      const zeros = g.op('Expand', [g.f(0), g.ints([N * C * H * H])]);
      return g.op('ScatterElements', [zeros, g.reshape(indices, [-1]), g.reshape('dy', [-1])], { axis: 0, reduction: 'add' });
    },
    unpools(g) {
      // Windows of one parity do not overlap: four unpools, summed.
      const indices = g.ops('MaxPool', ['x'], 2, pool)[1];
      let sum;
      for (const [a, b] of [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ]) {
        const part = (name) => g.slice(name, [a, b], [Ho, Ho], [2, 3], [2, 2]);
        const share = g.op('MaxUnpool', [part('dy'), part(indices), g.ints([N, C, H, H])], {
          kernel_shape: [3, 3],
          strides: [2, 2],
        });
        sum = sum ? g.op('Add', [sum, share]) : share;
      }
      return sum;
    },
    comparisons(g) {
      const y = g.op('MaxPool', ['x'], pool);
      const padded = g.op('Pad', ['x', g.ints([0, 0, 1, 1, 0, 0, 1, 1]), g.f(-1e30)]);
      const phases = new Map();
      let left = 'dy';
      for (let i = 0; i < 3; i++) {
        for (let j = 0; j < 3; j++) {
          const hit = g.op('Equal', [g.slice(padded, [i, j], [i + 2 * Ho - 1, j + 2 * Ho - 1], [2, 3], [2, 2]), y]);
          const part = g.op('Where', [hit, left, g.f(0)]);
          if (i + j < 4) left = g.op('Where', [hit, g.f(0), left]);
          const key = `${i % 2}${j % 2}`;
          const moved = g.op('Pad', [part, g.ints([0, 0, i >> 1, j >> 1, 0, 0, 1 - (i >> 1), 1 - (j >> 1)])]);
          phases.set(key, phases.has(key) ? g.op('Add', [phases.get(key), moved]) : moved);
        }
      }
      return g.slice(
        depthToSpace(
          g,
          ['00', '01', '10', '11'].map((key) => phases.get(key)),
        ),
        [1, 1],
        [H + 1, H + 1],
        [2, 3],
        [1, 1],
      );
    },
  },
  { rounds },
);
await compare(
  'parts',
  { x: [N, C, H, H] },
  {
    pool: (g) => g.op('MaxPool', ['x'], pool),
    poolWithIndices: (g) => g.op('Cast', [g.ops('MaxPool', ['x'], 2, pool)[1]], { to: 1 }),
  },
  { rounds },
);
