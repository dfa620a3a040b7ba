/**
 * C = op(A) · op(B) of the matrices in the last two axes, op transposing where asked; leading axes broadcast.
 *
 *   without transposes  dA = dC·Bᵀ,  dB = Aᵀ·dC; a transposed operand's gradient is the transpose of these
 */
import { type Dim, productOfDims } from '../ir/dim.ts';
import { describeType, type TensorType, type Value } from '../ir/graph.ts';
import { inputNames } from './elementwise.ts';
import * as f from './functions.ts';
import { lowerTransposed } from './matrices.ts';
import type { OnnxNode } from './reading.ts';
import type { OpRules } from './rules.ts';
import { broadcastShapes, costOf, expectFloat, expectInputs, expectSameDtype, fail, staticDim, unbroadcast } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    matmul: { readonly transA: boolean; readonly transB: boolean };
  }
}

/** Rows and columns of the matrices, after transposing. */
function matrixOf(type: TensorType, transposed: boolean): readonly [Dim, Dim] {
  if (type.shape.length < 2) fail(`takes matrices, ${describeType(type)} came`);
  const [rows, columns] = type.shape.slice(-2) as [Dim, Dim];
  return transposed ? [columns, rows] : [rows, columns];
}

/** MatMul, which takes vectors too: one on the left is a row, one on the right a column. */
function readMatMul(node: OnnxNode): Value {
  const [a, b] = [node.input(0), node.input(1)];
  const [row, column] = [a.type.shape.length === 1, b.type.shape.length === 1];
  const product = f.matmul(row ? f.unsqueeze(a, 0) : a, column ? f.unsqueeze(b, 1) : b);
  const gone = [...(row ? [-2] : []), ...(column ? [-1] : [])];
  return gone.length > 0 ? f.squeeze(product, gone) : product;
}

function readFusedMatMul(node: OnnxNode): Value {
  if (node.int('transBatchA', 0) !== 0 || node.int('transBatchB', 0) !== 0) node.refuse('has transBatchA or transBatchB');
  const [transA, transB] = [node.int('transA', 0) === 1, node.int('transB', 0) === 1];
  const product = f.matmul(node.input(0), node.input(1), { transA, transB });
  const alpha = node.float('alpha', 1);
  return alpha === 1 ? product : f.mul(product, alpha);
}

export const matmul: OpRules<'matmul'> = {
  shape(inputs, { transA, transB }) {
    const [a, b] = expectInputs(inputs, 2) as [TensorType, TensorType];
    expectSameDtype(a, b);
    expectFloat(a);
    const [rows, inner] = matrixOf(a, transA);
    const [innerOfB, columns] = matrixOf(b, transB);
    if (inner !== innerOfB) {
      const describe = (type: TensorType, transposed: boolean): string =>
        `${describeType(type)}${transposed ? ' transposed' : ''}`;
      fail(`${describe(a, transA)} has ${inner} columns, ${describe(b, transB)} has ${innerOfB} rows`);
    }
    return [{ dtype: a.dtype, shape: [...broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2)), rows, columns] }];
  },
  gradient(node, [dc], wanted, builder) {
    if (!dc) return [null, null];
    const [a, b] = node.inputs as [Value, Value];
    const { transA, transB } = node.attrs;
    const da = (): Value => (transA ? f.matmul(b, dc, { transA: transB, transB: true }) : f.matmul(dc, b, { transB: !transB }));
    const db = (): Value => (transB ? f.matmul(dc, a, { transA: true, transB: transA }) : f.matmul(a, dc, { transA: !transA }));
    return [wanted[0] ? unbroadcast(da(), a.type, builder) : null, wanted[1] ? unbroadcast(db(), b.type, builder) : null];
  },
  lower(node, to) {
    const [a, b] = node.inputs as [Value, Value];
    const { transA, transB } = node.attrs;
    if (!transA && !transB) return [to.emit('MatMul', inputNames(node, to))];
    if (!to.portable && to.target === 'cpu' && a.type.dtype === 'float32') {
      const flags = { transA: transA ? 1 : 0, transB: transB ? 1 : 0 };
      return [to.emit('com.microsoft.FusedMatMul', inputNames(node, to), flags)];
    }
    const left = transA ? lowerTransposed(a, to) : to.name(a);
    return [to.emit('MatMul', [left, transB ? lowerTransposed(b, to) : to.name(b)])];
  },
  read: { MatMul: readMatMul, 'com.microsoft.FusedMatMul': readFusedMatMul },
  cost(node) {
    const [, inner] = matrixOf((node.inputs[0] as Value).type, node.attrs.transA);
    const results = staticDim(productOfDims((node.outputs[0] as Value).type.shape), 'counting');
    return costOf(node, results * staticDim(inner, 'counting'));
  },
};
