/** What reductions over axes share. */
import type { Dim, Node, OpName, TensorType, Value } from '../ir/graph.ts';
import type { Lowering, OnnxAttr } from './rules.ts';
import { expectFloat, normalizeAxes, onlyInput } from './shapes.ts';

/** The axes to reduce (from the end when negative) and whether they stay, with length 1. */
export interface ReduceAttrs {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** The operators whose attributes are these. */
export type ReduceName = 'sum' | 'mean' | 'max' | 'min' | 'sumSquare';

/** The shape after a reduction. */
export function reducedShape(shape: readonly Dim[], { axes, keepDims }: ReduceAttrs): readonly Dim[] {
  const gone = normalizeAxes(axes, shape.length);
  return keepDims ? shape.map((dim, i) => (gone.includes(i) ? 1 : dim)) : shape.filter((_, i) => !gone.includes(i));
}

/** The type after a reduction of numbers. */
export function reduceRule(inputs: readonly TensorType[], attrs: ReduceAttrs): readonly TensorType[] {
  const x = onlyInput(inputs);
  return [{ dtype: x.dtype, shape: reducedShape(x.shape, attrs) }];
}

/** The type after a reduction of floating point. */
export function reduceFloatRule(inputs: readonly TensorType[], attrs: ReduceAttrs): readonly TensorType[] {
  expectFloat(onlyInput(inputs));
  return reduceRule(inputs, attrs);
}

/** A value of the reduced shape with the reduced axes put back, of length 1, so that it broadcasts against the input. */
export function withAxes(reduced: Value, node: Node<ReduceName>): Value {
  const x = node.inputs[0] as Value;
  if (node.attrs.keepDims) return reduced;
  const shape = reducedShape(x.type.shape, { ...node.attrs, keepDims: true });
  return reduced.builder.apply('reshape', [reduced], { shape });
}

/** The lowering to an ONNX reduction whose axes are an attribute, as all but ReduceSum have them at opset 17. */
export function lowerReduction<K extends ReduceName & OpName>(op: string): (node: Node<K>, to: Lowering) => readonly string[] {
  return (node, to) => {
    const x = node.inputs[0] as Value;
    if (node.attrs.axes.length === 0) return [to.emit('Identity', [to.name(x)])];
    const attrs: Record<string, OnnxAttr> = { keepdims: node.attrs.keepDims ? 1 : 0 };
    return [to.emit(op, [to.name(x)], { ...attrs, axes: normalizeAxes(node.attrs.axes, x.type.shape.length) })];
  };
}
