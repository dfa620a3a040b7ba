/** The closed table of all operators; one line each. A name declared without rules does not compile. */
import type { Node, OpName, ShapeRules } from '../ir/graph.ts';
import { abs } from './abs.ts';
import { add } from './add.ts';
import { and } from './and.ts';
import { argMax } from './arg-max.ts';
import { avgPool, avgPoolGrad } from './avg-pool.ts';
import { batchNorm } from './batch-norm.ts';
import { batchNormTrain, batchNormTrainGrad } from './batch-norm-train.ts';
import { cast } from './cast.ts';
import { ceil } from './ceil.ts';
import { channelDot } from './channel-dot.ts';
import { channelSum } from './channel-sum.ts';
import { clip, clipGrad } from './clip.ts';
import { compositions } from './compositions.ts';
import { concat } from './concat.ts';
import { constant } from './constant.ts';
import { conv } from './conv.ts';
import { convInputGrad } from './conv-input-grad.ts';
import { convTranspose } from './conv-transpose.ts';
import { convWeightGrad } from './conv-weight-grad.ts';
import { cumSum } from './cum-sum.ts';
import { dimSize } from './dim-size.ts';
import { div } from './div.ts';
import { elu } from './elu.ts';
import { equal } from './equal.ts';
import { erf } from './erf.ts';
import { exp } from './exp.ts';
import { expand } from './expand.ts';
import { floor } from './floor.ts';
import { gather } from './gather.ts';
import { gatherElements } from './gather-elements.ts';
import { gatherND } from './gather-nd.ts';
import { gelu } from './gelu.ts';
import { greater } from './greater.ts';
import { greaterOrEqual } from './greater-or-equal.ts';
import { hardSigmoid, hardSigmoidGrad } from './hard-sigmoid.ts';
import { hardSwish, hardSwishGrad } from './hard-swish.ts';
import { layerNorm } from './layer-norm.ts';
import { leakyRelu } from './leaky-relu.ts';
import { less } from './less.ts';
import { lessOrEqual } from './less-or-equal.ts';
import { linear } from './linear.ts';
import { log } from './log.ts';
import { logSoftmax } from './log-softmax.ts';
import { matmul } from './matmul.ts';
import { max } from './max.ts';
import { maxPool } from './max-pool.ts';
import { maxPoolGrad } from './max-pool-grad.ts';
import { maximum } from './maximum.ts';
import { mean } from './mean.ts';
import { min } from './min.ts';
import { minimum } from './minimum.ts';
import { mod } from './mod.ts';
import { mul } from './mul.ts';
import { neg } from './neg.ts';
import { nonMaxSuppression } from './non-max-suppression.ts';
import { nonZero } from './non-zero.ts';
import { not } from './not.ts';
import { notEqual } from './not-equal.ts';
import { oneHot } from './one-hot.ts';
import { or } from './or.ts';
import { pad } from './pad.ts';
import { pow } from './pow.ts';
import { range } from './range.ts';
import { collectReadingRules } from './read-helpers.ts';
import type { ReadingRule } from './reading.ts';
import { reciprocal } from './reciprocal.ts';
import { relu, reluGrad } from './relu.ts';
import { reshape } from './reshape.ts';
import { resize } from './resize.ts';
import { roiAlign } from './roi-align.ts';
import { round } from './round.ts';
import { rowDot } from './row-dot.ts';
import type { OpRules } from './rules.ts';
import { scatterElements } from './scatter-elements.ts';
import { scatterND } from './scatter-nd.ts';
import { shapeOf } from './shape-of.ts';
import { sigmoid } from './sigmoid.ts';
import { sign } from './sign.ts';
import { silu, siluGrad } from './silu.ts';
import { slice } from './slice.ts';
import { softmax } from './softmax.ts';
import { softplus } from './softplus.ts';
import { sqrt } from './sqrt.ts';
import { square } from './square.ts';
import { sub } from './sub.ts';
import { sum } from './sum.ts';
import { sumSquare } from './sum-square.ts';
import { tanh } from './tanh.ts';
import { topK } from './top-k.ts';
import { transpose } from './transpose.ts';
import { where } from './where.ts';
import { xor } from './xor.ts';

export const opTable: { readonly [K in OpName]: OpRules<K> } = {
  add,
  sub,
  mul,
  div,
  pow,
  mod,
  maximum,
  minimum,

  equal,
  notEqual,
  less,
  lessOrEqual,
  greater,
  greaterOrEqual,
  and,
  or,
  xor,
  not,
  where,

  neg,
  abs,
  sign,
  exp,
  log,
  sqrt,
  square,
  reciprocal,
  erf,
  floor,
  ceil,
  round,

  relu,
  reluGrad,
  clip,
  clipGrad,
  leakyRelu,
  elu,
  gelu,
  silu,
  siluGrad,
  sigmoid,
  tanh,
  softplus,
  hardSigmoid,
  hardSigmoidGrad,
  hardSwish,
  hardSwishGrad,

  constant,
  cast,
  dimSize,
  range,
  shapeOf,
  reshape,
  transpose,
  concat,
  slice,
  pad,
  expand,

  gather,
  gatherElements,
  gatherND,
  scatterElements,
  scatterND,
  oneHot,
  topK,
  argMax,
  nonZero,
  nonMaxSuppression,
  roiAlign,
  resize,

  sum,
  mean,
  max,
  min,
  sumSquare,
  cumSum,
  softmax,
  logSoftmax,
  matmul,
  linear,

  conv,
  convInputGrad,
  convWeightGrad,
  convTranspose,
  maxPool,
  maxPoolGrad,
  avgPool,
  avgPoolGrad,
  batchNorm,
  batchNormTrain,
  batchNormTrainGrad,
  layerNorm,
  channelSum,
  channelDot,
  rowDot,
};

/** The rules of a node's operator. */
export function rulesOf<K extends OpName>(node: Node<K>): OpRules<K> {
  return opTable[node.op] as OpRules<K>;
}

/** The shape rules of all operators, for builders and the verifier. */
export const shapeRules: ShapeRules = {
  outputTypes: (op, inputs, attrs) => (opTable[op] as OpRules<OpName>).shape(inputs, attrs as never),
};

/** The reading rules of all operators and compositions, by ONNX operator. */
export function readingRules(): ReadonlyMap<string, ReadingRule> {
  return collectReadingRules(Object.values(opTable), compositions);
}
