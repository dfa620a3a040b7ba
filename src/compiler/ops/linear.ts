/**
 * y = x · Wᵀ + b with x [.., in], W [out, in] and, when there is a third input, b [out].
 *
 *   dx = dy·W,  dW = dyᵀ·x,  db = Σ dy, the leading axes taken as one in dW and db
 */
import { productOfDims } from '../ir/dim.ts';
import { describeType, type TensorType, type Value } from '../ir/graph.ts';
import { inputNames } from './elementwise.ts';
import * as f from './functions.ts';
import { lowerTransposed } from './matrices.ts';
import type { OnnxNode } from './reading.ts';
import type { OpRules } from './rules.ts';
import { costOf, expectFloat, expectInputs, expectSameDtype, fail, staticDim } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    linear: NoAttrs;
  }
}

/** Gemm, alpha · op(A) · op(B) + beta · C; what torch writes for a linear layer is one. */
function readGemm(node: OnnxNode): Value {
  const [a, b, c] = [node.input(0), node.input(1), node.optional(2)];
  const [alpha, beta] = [node.float('alpha', 1), node.float('beta', 1)];
  const [transA, transB] = [node.int('transA', 0) === 1, node.int('transB', 0) === 1];
  const isBias = c === undefined || (beta === 1 && c.type.shape.length === 1 && c.type.shape[0] === b.type.shape[0]);
  if (alpha === 1 && !transA && transB && isBias) return f.linear(a, b, c);
  const product = f.matmul(a, b, { transA, transB });
  const scaled = alpha === 1 ? product : f.mul(product, alpha);
  if (!c || beta === 0) return scaled;
  return f.add(scaled, beta === 1 ? c : f.mul(c, beta));
}

export const linear: OpRules<'linear'> = {
  shape(inputs) {
    const [x, weight, bias] = expectInputs(inputs, 2, 3) as [TensorType, TensorType, TensorType | undefined];
    expectFloat(x);
    expectSameDtype(x, weight);
    const [out, features] = weight.shape;
    if (weight.shape.length !== 2 || out === undefined) fail(`takes a weight [out, in], ${describeType(weight)} came`);
    if (x.shape.length === 0 || x.shape.at(-1) !== features) {
      fail(`input has ${x.shape.at(-1) ?? 'no'} features, weight expects ${features}`);
    }
    if (bias && (bias.shape.length !== 1 || bias.shape[0] !== out)) fail(`takes a bias [${out}], ${describeType(bias)} came`);
    return [{ dtype: x.dtype, shape: [...x.shape.slice(0, -1), out] }];
  },
  gradient(node, [dy], wanted) {
    if (!dy) return node.inputs.map(() => null);
    const [x, weight] = node.inputs as [Value, Value];
    const rows = (value: Value): Value =>
      value.type.shape.length === 2 ? value : f.reshape(value, [-1, value.type.shape.at(-1) ?? 1]);
    const gradients = [
      () => (dy.type.shape.length > 1 ? f.matmul(dy, weight) : f.reshape(f.matmul(rows(dy), weight), x.type.shape)),
      () => f.matmul(rows(dy), rows(x), { transA: true }),
      () => f.sum(rows(dy), [0]),
    ];
    return node.inputs.map((_, i) => (wanted[i] ? (gradients[i]?.() ?? null) : null));
  },
  lower(node, to) {
    const [x, weight, bias] = node.inputs as [Value, Value, Value | undefined];
    if (x.type.shape.length === 2) return [to.emit('Gemm', inputNames(node, to), { transB: 1 })];
    // ONNX's MatMul takes a vector for a row, as does this.
    const product = to.emit('MatMul', [to.name(x), lowerTransposed(weight, to)]);
    return [bias ? to.emit('Add', [product, to.name(bias)]) : product];
  },
  read: { Gemm: readGemm },
  cost(node) {
    const features = staticDim((node.inputs[1] as Value).type.shape[1], 'counting');
    return costOf(node, staticDim(productOfDims((node.outputs[0] as Value).type.shape), 'counting') * features);
  },
};
