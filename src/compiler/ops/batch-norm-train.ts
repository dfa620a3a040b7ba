/**
 * Batch normalization with the statistics of the batch itself (Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1), and
 * its gradient. The variance is taken around the mean, in two passes: E[x²] − mean² would lose all digits where the mean is far from 0.
 */
import { float32 } from '../../base/tensor.ts';
import { productOfDims } from '../ir/dim.ts';
import { describeType, type TensorType, type Value } from '../ir/graph.ts';
import { normalizeGradInBlocks, normalizeInBlocks } from './blocked-norm.ts';
import {
  allButChannels,
  besideSpatial,
  channelVector,
  expectChannelVectors,
  lowerChannelDot,
  lowerChannelSum,
} from './channels.ts';
import * as f from './functions.ts';
import type { Lowering, OpRules } from './rules.ts';
import { costOfSeveral, expectInputs, fail, staticDim } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    /**
     * Inputs x [N, C, ...spatial], scale and bias [C]; outputs y of x's type, the mean and the biased variance [C] of the batch.
     */
    batchNormTrain: { readonly epsilon: number };
    /** Inputs dy, x, scale, and the statistics batchNormTrain gave; outputs dx, dscale, dbias. Static shapes alone. */
    batchNormTrainGrad: { readonly epsilon: number };
  }
}

function fill(to: Lowering, count: number, value: number): string {
  return to.constant(float32([count], new Array<number>(count).fill(value)));
}

/** How many elements each channel has. */
function countOf(x: TensorType, why: string): number {
  return staticDim(productOfDims(x.shape.filter((_, i) => i !== 1)), why);
}

export const batchNormTrain: OpRules<'batchNormTrain'> = {
  shape(inputs) {
    const [x, scale, bias] = expectInputs(inputs, 3) as [TensorType, TensorType, TensorType];
    expectChannelVectors(x, [scale, bias]);
    staticDim(x.shape[1], 'the channel axis');
    const count = productOfDims(x.shape.filter((_, i) => i !== 1));
    if (typeof count === 'number' && count < 2) {
      fail(`takes more than one value per channel in training, ${describeType(x)} came; use a larger batch or evaluation mode`);
    }
    return [x, channelVector(x), channelVector(x)];
  },
  // The statistics' own shares: dmean / M, and dvariance · 2 (x − mean) / M.
  gradient(node, [dy, dMean, dVariance], _wanted, builder) {
    const [x, scale, bias] = node.inputs as readonly [Value, Value, Value];
    const [, mean, variance] = node.outputs as readonly [Value, Value, Value];
    const beside = (vector: Value): Value =>
      builder.apply('reshape', [vector], { shape: x.type.shape.slice(1).map((dim, i) => (i ? 1 : dim)) });
    const [dx, ...vectors] = dy
      ? builder.applyAll('batchNormTrainGrad', [dy, x, scale, mean, variance], node.attrs)
      : [null, f.full(scale, scale.type.shape, 0), f.full(bias, bias.type.shape, 0)];
    if (!dMean && !dVariance) return [dx ?? null, ...vectors];
    const count = countOf(x.type, "batch norm's gradient");
    const terms = dx ? [dx] : [];
    if (dMean) terms.push(f.expand(beside(f.mul(dMean, 1 / count)), x.type.shape));
    if (dVariance) terms.push(f.mul(f.sub(x, beside(mean)), beside(f.mul(dVariance, 2 / count))));
    return [terms.reduce((a, b) => f.add(a, b)), ...vectors];
  },
  lower(node, to) {
    const inBlocks = normalizeInBlocks(to, node.inputs as readonly [Value, Value, Value], node.attrs.epsilon);
    if (inBlocks) return inBlocks;
    const [x, scale, bias] = node.inputs.map((input) => to.name(input)) as [string, string, string];
    const { type } = node.inputs[0] as Value;
    const C = staticDim(type.shape[1], 'batch norm');
    const epsilon = { float: node.attrs.epsilon };
    if (to.target === 'cpu') {
      // Momentum 0 makes the "running" statistics those of the batch; the variance is biased and taken in two passes.
      // ONNX Runtime writes each statistic into the memory of the old one it is given, a constant's too. So each is given
      // zeros of its own, made of different inputs, that no optimizer folds or shares.
      const attrs = { epsilon, momentum: { float: 0 }, training_mode: 1 };
      const [oldMean, oldVariance] = [scale, bias].map((vector) => to.emit('Mul', [vector, to.scalar(0)])) as [string, string];
      return to.emitAll('BatchNormalization', [x, scale, bias, oldMean, oldVariance], 3, attrs);
    }
    const zeros = fill(to, C, 0);
    const axes = allButChannels(type.shape.length);
    const mean = to.emit('ReduceMean', [x], { axes, keepdims: 0 });
    const centered = to.emit('Sub', [x, besideSpatial(to, mean, type.shape.length)]);
    const variance = to.emit('ReduceMean', [to.emit('Mul', [centered, centered])], { axes, keepdims: 0 });
    const y = to.emit('BatchNormalization', [centered, scale, bias, zeros, variance], { epsilon });
    return [y, mean, variance];
  },
  read: 'none',
  cost: costOfSeveral,
};

/**
 * With i = 1 / √(variance + ε), M elements a channel, s = Σ dy and t = Σ dy (x − mean):
 * dbias = s, dscale = t i, dx = scale i (dy − s / M − (x − mean) t i² / M).
 */
export const batchNormTrainGrad: OpRules<'batchNormTrainGrad'> = {
  shape(inputs) {
    const [dy, x, ...vectors] = expectInputs(inputs, 5) as [TensorType, TensorType, ...TensorType[]];
    expectChannelVectors(x, vectors);
    if (describeType(dy) !== describeType(x)) fail(`takes dy of x's type ${describeType(x)}, ${describeType(dy)} came`);
    countOf(x, "batch norm's gradient");
    return [x, channelVector(x), channelVector(x)];
  },
  gradient: 'none',
  lower(node, to) {
    const inputs = node.inputs as readonly [Value, Value, Value, Value, Value];
    const inBlocks = normalizeGradInBlocks(to, inputs, node.attrs.epsilon);
    if (inBlocks) return inBlocks;
    const [dy, x, scale, mean, variance] = node.inputs.map((input) => to.name(input)) as [string, string, string, string, string];
    const { type } = node.inputs[1] as Value;
    const rank = type.shape.length;
    const C = staticDim(type.shape[1], 'batch norm');
    const share = to.scalar(-1 / countOf(type, "batch norm's gradient"));
    const mul = (a: string, b: string): string => to.emit('Mul', [a, b]);

    const inverse = to.emit('Reciprocal', [to.emit('Sqrt', [to.emit('Add', [variance, to.scalar(node.attrs.epsilon)])])]);
    const s = lowerChannelSum(to, dy, type);
    const centered = to.emit('Sub', [x, besideSpatial(to, mean, rank)]);
    const t = lowerChannelDot(to, dy, centered, type);

    const factor = mul(scale, inverse);
    const ofCentered = mul(mul(factor, mul(inverse, inverse)), mul(t, share));
    const shift = mul(factor, mul(s, share));
    // The inference operator is the back end's fused affine step: dy · factor + shift, with ε = 0.
    const affine = to.emit('BatchNormalization', [dy, factor, shift, fill(to, C, 0), fill(to, C, 1)], { epsilon: { float: 0 } });
    const dx = to.emit('Add', [affine, mul(centered, besideSpatial(to, ofCentered, rank))]);
    return [dx, mul(t, inverse), s];
  },
  read: 'none',
  cost: costOfSeveral,
};
