/**
 * Batch normalization with given statistics: y = (x − mean) / √(variance + ε) · scale + bias, channel by channel
 * (Ioffe and Szegedy 2015, arXiv:1502.03167).
 */
import { float32 } from '../../base/tensor.ts';
import type { Builder } from '../ir/builder.ts';
import type { TensorType, Value } from '../ir/graph.ts';
import { expectChannelVectors } from './channels.ts';
import * as f from './functions.ts';
import type { OnnxNode } from './reading.ts';
import type { OpRules } from './rules.ts';
import { costOf, expectInputs, staticDim } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    /** Inputs x [N, C, ...spatial], scale, bias, mean and variance [C]; output of x's type. */
    batchNorm: { readonly epsilon: number };
  }
}

/** A vector of equal numbers, of the type of `like`. */
function filled(like: Value, value: number, builder: Builder): Value {
  const count = staticDim(like.type.shape[0], 'batch norm');
  const constant = builder.apply('constant', [], { value: float32([count], new Array<number>(count).fill(value)) });
  return like.type.dtype === 'float32' ? constant : builder.apply('cast', [constant], { to: like.type.dtype });
}

/** BatchNormalization, in training mode too (since version 14, on all outputs). */
function readBatchNorm(node: OnnxNode): Value | readonly Value[] {
  const [x, ...given] = node.inputs() as readonly [Value, ...Value[]];
  const epsilon = node.float('epsilon', 1e-5);
  if (node.int('spatial', 1) !== 1) node.refuse('has spatial 0, which is not supported');
  const vectors = given.map((vector) => f.cast(vector, x.type.dtype));
  if (node.int('training_mode', 0) === 0) {
    if (node.outputCount > 1) node.refuse('gives statistics too, as in training; export the model for inference');
    return node.builder.apply('batchNorm', [x, ...vectors], { epsilon });
  }
  const [scale, bias, oldMean, oldVariance] = vectors as [Value, Value, Value, Value];
  const momentum = node.float('momentum', 0.9);
  const { y, mean, variance } = f.batchNormTrain(x, scale, bias, epsilon);
  const blend = (before: Value, now: Value): Value =>
    momentum === 0 ? now : f.add(f.mul(before, momentum), f.mul(now, 1 - momentum));
  return [y, blend(oldMean, mean), blend(oldVariance, variance)];
}

export const batchNorm: OpRules<'batchNorm'> = {
  shape(inputs) {
    const [x, ...vectors] = expectInputs(inputs, 5) as [TensorType, ...TensorType[]];
    expectChannelVectors(x, vectors);
    return [x];
  },
  // With i = 1 / √(variance + ε) and g = Σ dy, h = Σ dy (x − mean):
  // dx = dy scale i, dscale = h i, dbias = g, dmean = −g scale i, dvariance = −h scale i³ / 2.
  gradient(node, [dy], wanted, builder) {
    if (!dy) return node.inputs.map(() => null);
    const [x, scale, , mean, variance] = node.inputs as readonly [Value, Value, Value, Value, Value];
    const zeros = filled(variance, 0, builder);
    const mul = (a: Value, b: Value): Value => builder.apply('mul', [a, b], {});
    const shifted = builder.apply('add', [variance, filled(variance, node.attrs.epsilon, builder)], {});
    const inverse = builder.apply('reciprocal', [builder.apply('sqrt', [shifted], {})], {});
    const g = wanted[2] || wanted[3] ? builder.apply('channelSum', [dy], {}) : zeros;
    const h = wanted[1] || wanted[4] ? builder.apply('channelDot', [dy, x, mean], {}) : zeros;
    const minus = (value: Value): Value => builder.apply('neg', [value], {});
    const dVariance = (): Value => {
      const third = mul(mul(inverse, inverse), mul(inverse, filled(variance, 0.5, builder)));
      return minus(mul(mul(h, scale), third));
    };
    return [
      wanted[0] ? builder.apply('batchNorm', [dy, scale, zeros, zeros, variance], node.attrs) : null,
      wanted[1] ? mul(h, inverse) : null,
      wanted[2] ? g : null,
      wanted[3] ? minus(mul(mul(g, scale), inverse)) : null,
      wanted[4] ? dVariance() : null,
    ];
  },
  lower(node, to) {
    const names = node.inputs.map((input) => to.name(input));
    return [to.emit('BatchNormalization', names, { epsilon: { float: node.attrs.epsilon } })];
  },
  read: { BatchNormalization: readBatchNorm },
  cost: costOf,
};
