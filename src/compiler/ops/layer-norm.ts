/**
 * Layer normalization over the last axis (Ba et al. 2016, arXiv:1607.06450, equation 4):
 *
 *   y = x̂·scale + bias,  x̂ = (x − mean) / √(variance + ε)
 *
 * with the biased variance. With g = dy·scale:
 *
 *   dx = (g − mean(g) − x̂·mean(g·x̂)) / √(variance + ε),  dscale = Σ dy·x̂,  dbias = Σ dy
 */
import type { TensorType, Value } from '../ir/graph.ts';
import { standardized } from './compose-norms.ts';
import { inputNames } from './elementwise.ts';
import * as f from './functions.ts';
import type { OnnxNode } from './reading.ts';
import type { OpRules } from './rules.ts';
import { costOf, expectFloat, expectInputs, expectSameDtype, fail, normalizeAxis } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    /** Inputs x [..., C], scale and bias [C]; output of x's type. */
    layerNorm: { readonly epsilon: number };
  }
}

/** LayerNormalization: over the last axis alone ours, over more of them or with its statistics asked for made of its parts. */
function readLayerNorm(node: OnnxNode): Value | readonly Value[] {
  const [x, scale, bias] = [node.input(0), node.input(1), node.optional(2)];
  const { shape } = x.type;
  const first = normalizeAxis(node.int('axis', -1), shape.length);
  const epsilon = node.float('epsilon', 1e-5);
  const vectors = [scale, bias].every((vector) => vector?.type.shape.length === 1 && vector.type.shape[0] === shape.at(-1));
  if (bias && vectors && first === shape.length - 1 && node.outputCount === 1) return f.layerNorm(x, scale, bias, epsilon);
  const axes = Array.from({ length: shape.length - first }, (_, i) => first + i);
  const [y, mean, inverse] = standardized(x, axes, epsilon);
  const scaled = f.mul(y, scale);
  return [bias ? f.add(scaled, bias) : scaled, mean, inverse];
}

export const layerNorm: OpRules<'layerNorm'> = {
  shape(inputs) {
    const [x, ...vectors] = expectInputs(inputs, 3) as [TensorType, ...TensorType[]];
    expectFloat(x);
    const features = x.shape.at(-1);
    for (const vector of vectors) {
      expectSameDtype(x, vector);
      if (vector.shape.length !== 1 || vector.shape[0] !== features) {
        fail(`takes scale and bias of [${features}], [${vector.shape.join(', ')}] came`);
      }
    }
    return [x];
  },
  gradient(node, [dy], wanted) {
    if (!dy) return [null, null, null];
    const [x, scale] = node.inputs as readonly [Value, Value, Value];
    const rank = x.type.shape.length;
    const mean = (value: Value): Value => f.mean(value, [rank - 1], true);
    const total = (value: Value): Value =>
      f.sum(
        value,
        Array.from({ length: rank - 1 }, (_, axis) => axis),
      );
    const centered = f.sub(x, mean(x));
    const deviation = f.sqrt(f.add(mean(f.square(centered)), node.attrs.epsilon));
    const standard = f.div(centered, deviation);
    const g = f.mul(dy, scale);
    const along = (): Value => f.add(mean(g), f.mul(standard, mean(f.mul(g, standard))));
    return [
      wanted[0] ? f.div(f.sub(g, along()), deviation) : null,
      wanted[1] ? total(f.mul(dy, standard)) : null,
      wanted[2] ? total(dy) : null,
    ];
  },
  lower(node, to) {
    const [x, scale, bias] = inputNames(node, to) as [string, string, string];
    const { epsilon } = node.attrs;
    if (to.target === 'cpu') return [to.emit('LayerNormalization', [x, scale, bias], { axis: -1, epsilon: { float: epsilon } })];
    // The kernel of the WebGPU back end takes the mean of squares less the square of the mean, which cancels where means are large.
    const mean = (name: string): string => to.emit('ReduceMean', [name], { axes: [-1], keepdims: 1 });
    const centered = to.emit('Sub', [x, mean(x)]);
    const variance = mean(to.emit('Mul', [centered, centered]));
    const deviation = to.emit('Sqrt', [to.emit('Add', [variance, to.scalar(epsilon, node.inputs[0]?.type.dtype)])]);
    return [to.emit('Add', [to.emit('Mul', [to.emit('Div', [centered, deviation]), scale]), bias])];
  },
  read: { LayerNormalization: readLayerNorm },
  cost: costOf,
};
