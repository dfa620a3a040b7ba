/** ONNX's normalizations that are no operator of ours but made of some. */
import { productOfDims } from '../ir/dim.ts';
import type { Dim, Value } from '../ir/graph.ts';
import * as f from './functions.ts';
import { reduction } from './read-helpers.ts';
import type { OnnxNode, ReadingRules } from './reading.ts';
import { staticDim } from './shapes.ts';

/** (x − mean) / √(variance + ε) over axes, and the two statistics it took: the mean and 1 / √(variance + ε). */
export function standardized(x: Value, axes: readonly number[], epsilon: number): readonly [Value, Value, Value] {
  const mean = f.mean(x, axes, true);
  const centered = f.sub(x, mean);
  const inverse = f.reciprocal(f.sqrt(f.add(f.mean(f.square(centered), axes, true), epsilon)));
  return [f.mul(centered, inverse), mean, inverse];
}

/** A vector of one number a channel, beside the other axes of [N, C, ...spatial]. */
function perChannel(vector: Value, x: Value): Value {
  return f.reshape(vector, [vector.type.shape[0] as Dim, ...x.type.shape.slice(2).map(() => 1)]);
}

function affine(x: Value, scale: Value, bias: Value): Value {
  return f.add(f.mul(x, perChannel(scale, x)), perChannel(bias, x));
}

/** Group normalization: channels in groups, each with statistics of its own; scale and bias by group before version 21. */
function groupNorm(node: OnnxNode): Value {
  const [x, scale, bias] = [node.input(0), node.input(1), node.input(2)];
  const { shape } = x.type;
  const groups = node.int('num_groups');
  const channels = staticDim(shape[1], 'group normalization');
  if (channels % groups !== 0) node.refuse(`has ${groups} groups for ${channels} channels`);
  const rows = f.reshape(x, [shape[0] as Dim, groups, -1]);
  const [y] = standardized(rows, [2], node.float('epsilon', 1e-5));
  const spread = (vector: Value): Value => {
    if (node.opset >= 21) return vector;
    return f.reshape(f.expand(f.reshape(vector, [groups, 1]), [groups, channels / groups]), [channels]);
  };
  return affine(f.reshape(y, shape), spread(scale), spread(bias));
}

/** Krizhevsky et al. 2012, section 3.3: x / (bias + alpha · the mean of squares over neighbouring channels)^beta. */
function localResponse(node: OnnxNode): Value {
  const x = node.input(0);
  const { shape } = x.type;
  const size = node.int('size');
  const planes = f.reshape(f.square(x), [shape[0] as Dim, 1, shape[1] as Dim, productOfDims(shape.slice(2))]);
  const before = Math.floor((size - 1) / 2);
  const padded = f.pad(planes, [0, 0, before, 0], [0, 0, size - 1 - before, 0]);
  const means = f.avgPool(padded, { kernel: [size, 1], stride: 1 });
  const base = f.add(f.mul(f.reshape(means, shape), node.float('alpha', 1e-4)), node.float('bias', 1));
  return f.div(x, f.pow(base, node.float('beta', 0.75)));
}

export const composedNorms: ReadingRules = {
  InstanceNormalization(node) {
    const x = node.input(0);
    const axes = x.type.shape.slice(2).map((_, i) => i + 2);
    const [y] = standardized(x, axes, node.float('epsilon', 1e-5));
    return affine(y, node.input(1), node.input(2));
  },
  GroupNormalization: groupNorm,
  LRN: localResponse,
  LpNormalization(node) {
    const x = node.input(0);
    const axis = node.int('axis', -1);
    const length = node.int('p', 2) === 1 ? f.sum(f.abs(x), [axis], true) : f.sqrt(f.sumSquare(x, [axis], true));
    return f.div(x, length);
  },
  ReduceL1: reduced((x, axes, keepDims) => f.sum(f.abs(x), axes, keepDims)),
  ReduceL2: reduced((x, axes, keepDims) => f.sqrt(f.sumSquare(x, axes, keepDims))),
  ReduceLogSum: reduced((x, axes, keepDims) => f.log(f.sum(x, axes, keepDims))),
  ReduceLogSumExp: reduced((x, axes, keepDims) => {
    // The largest is taken off first, so that no exponential overflows.
    const largest = f.max(x, axes, true);
    const rest = f.log(f.sum(f.exp(f.sub(x, largest)), axes, true));
    const y = f.add(rest, largest);
    return keepDims ? y : f.squeeze(y, axes);
  }),
};

/** A reduction made of others; its axes are an attribute before version 18. */
function reduced(make: (x: Value, axes: readonly number[], keepDims: boolean) => Value): (node: OnnxNode) => Value {
  return (node) => {
    const { axes, keepDims } = reduction(node, 18);
    return make(node.input(0), axes, keepDims);
  };
}
