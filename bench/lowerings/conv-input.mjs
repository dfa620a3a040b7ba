/** Gradient of a convolution's input: alternatives at the zoo's shapes. */
import { compare } from './lab.mjs';

const N = Number(process.env.BATCH ?? 8);
// channels in, out, size, kernel, stride, groups
const shapes = [
  [64, 64, 56, 3, 1, 1],
  [128, 128, 28, 3, 1, 1],
  [256, 256, 14, 3, 1, 1],
  [512, 512, 7, 3, 1, 1],
  [64, 128, 56, 3, 2, 1],
  [128, 128, 56, 3, 2, 1],
  [256, 512, 14, 3, 2, 1],
  [256, 512, 56, 1, 2, 1],
  [64, 128, 56, 1, 2, 1],
  [64, 256, 56, 1, 1, 1],
  [256, 64, 56, 1, 1, 1],
  [24, 144, 56, 1, 1, 1],
  [144, 24, 56, 1, 1, 1],
  [112, 672, 14, 1, 1, 1],
  [512, 2048, 7, 1, 1, 1],
  [32, 32, 112, 3, 1, 32],
  [96, 96, 112, 3, 2, 96],
  [144, 144, 56, 3, 1, 144],
  [144, 144, 56, 5, 2, 144],
  [240, 240, 28, 5, 1, 240],
  [480, 480, 14, 3, 1, 480],
  [672, 672, 14, 5, 2, 672],
  [1152, 1152, 7, 5, 1, 1152],
];

for (const [C, K, H, k, s, groups] of shapes) {
  const p = (k - 1) / 2;
  const Ho = Math.floor((H + 2 * p - k) / s) + 1;
  const extra = H - ((Ho - 1) * s + k - 2 * p);
  const flip = (g) => (k === 1 ? 'w' : g.slice('w', [-1, -1], [-99, -99], [2, 3], [-1, -1]));
  const turned = (g) => (groups === 1 ? g.transpose(flip(g), [1, 0, 2, 3]) : flip(g));
  const zeros = (g, x) => {
    if (s === 1) return x;
    const spread = g.op('Pad', [g.reshape(x, [N, K, Ho, 1, Ho, 1]), g.ints([0, 0, 0, 0, 0, 0, 0, 0, 0, s - 1, 0, s - 1])]);
    return g.reshape(spread, [N, K, Ho * s, Ho * s]);
  };
  const q = k - 1 - p;
  const pads = s === 1 ? [q, q, q, q] : [q, q, q + extra - (s - 1), q + extra - (s - 1)];
  const all = {
    transposed: (g) =>
      g.op('ConvTranspose', ['dy', 'w'], {
        kernel_shape: [k, k],
        pads: [p, p, p, p],
        strides: [s, s],
        group: groups,
        output_padding: [extra, extra],
      }),
  };
  if (k > 1 || s === 1)
    all.conv = (g) => g.op('Conv', [zeros(g, 'dy'), turned(g)], { kernel_shape: [k, k], pads, group: groups });
  if (k === 1 && s > 1) {
    all.convThenZeros = (g) => {
      const y = g.op('Conv', ['dy', turned(g)], { kernel_shape: [1, 1] });
      const spread = g.op('Pad', [g.reshape(y, [N, C, Ho, 1, Ho, 1]), g.ints([0, 0, 0, 0, 0, 0, 0, 0, 0, s - 1, 0, s - 1])]);
      return g.reshape(spread, [N, C, Ho * s, Ho * s]);
    };
  }
  if (k === 1 && s === 1) {
    all.matmul = (g) =>
      g.reshape(g.op('com.microsoft.FusedMatMul', [g.reshape('w', [1, K, C]), g.reshape('dy', [N, K, H * H])], { transA: 1 }), [
        N,
        C,
        H,
        H,
      ]);
  }
  if (s === 2 && k === 3 && groups === 1) {
    // One stride-1 convolution to four phases, then depth to space.
    all.phases = (g) => {
      const padded = g.op('Pad', ['w', g.ints([0, 0, 1, 1, 0, 0, 0, 0])]);
      const six = g.reshape(padded, [K, C, 2, 2, 2, 2]);
      const flipped = g.slice(six, [-1, -1], [-99, -99], [2, 4], [-1, -1]);
      const w = g.reshape(g.transpose(flipped, [3, 5, 1, 0, 2, 4]), [4 * C, K, 2, 2]);
      // Phase (a, b) of the padded kernel gives the output rows of parity a; parity 0 is padded row 1 shifted by the pad.
      const y = g.op('Conv', ['dy', w], { kernel_shape: [2, 2], pads: [0, 0, 1, 1] });
      return g.op('DepthToSpace', [y], { blocksize: 2, mode: 'DCR' });
    };
  }
  if (groups > 1) {
    const B = 16;
    const inBlocks = (g, x) => g.op('com.microsoft.nchwc.ReorderInput', [x]);
    all.blocked = (g) => {
      const w = g.reshape(g.transpose(g.reshape(flip(g), [C / B, B, k * k]), [0, 2, 1]), [C, 1, k, k]);
      const y = g.op('com.microsoft.nchwc.Conv', [inBlocks(g, zeros(g, 'dy')), w], { kernel_shape: [k, k], pads, group: groups });
      return g.op('com.microsoft.nchwc.ReorderOutput', [y], { channels: C });
    };
    if (s > 1) {
      all.blockedInside = (g) => {
        const w = g.reshape(g.transpose(g.reshape(flip(g), [C / B, B, k * k]), [0, 2, 1]), [C, 1, k, k]);
        const dy = g.reshape(inBlocks(g, 'dy'), [N, C / B, Ho, 1, Ho, B]);
        const spread = g.op('Pad', [dy, g.ints([0, 0, 0, 0, 0, 0, 0, 0, 0, s - 1, 0, B * (s - 1)])]);
        const y = g.op('com.microsoft.nchwc.Conv', [g.reshape(spread, [N, C, Ho * s, Ho * s]), w], {
          kernel_shape: [k, k],
          pads,
          group: groups,
        });
        return g.op('com.microsoft.nchwc.ReorderOutput', [y], { channels: C });
      };
    }
  }
  await compare(
    `input gradient C${C} K${K} H${H} k${k} s${s} g${groups}`,
    { dy: [N, K, Ho, Ho], w: [K, C / groups, k, k] },
    all,
    {
      rounds: Number(process.env.ROUNDS ?? 9),
    },
  );
}
