/** What elementwise operators share: shape rules with broadcasting, lowering to one ONNX node, scalar operands. */
import { type DType, dtypes } from '../../base/dtype.ts';
import { tensor } from '../../base/tensor.ts';
import type { Builder } from '../ir/builder.ts';
import { productOfDims } from '../ir/dim.ts';
import { describeType, type Node, type OpName, type TensorType, type Value } from '../ir/graph.ts';
import type { Lowering } from './rules.ts';
import { broadcastShapes, expectFloat, expectInputs, expectSameDtype, fail, onlyInput } from './shapes.ts';

/** Two values of one element type, broadcast as NumPy does; the result has that type. */
export function broadcastRule(inputs: readonly TensorType[]): readonly TensorType[] {
  const [a, b] = expectInputs(inputs, 2) as [TensorType, TensorType];
  expectSameDtype(a, b);
  if (a.dtype === 'bool') fail(`takes numbers, ${describeType(a)} came`);
  return [{ dtype: a.dtype, shape: broadcastShapes(a.shape, b.shape) }];
}

/** As `broadcastRule`, for floating point alone. */
export function broadcastFloatRule(inputs: readonly TensorType[]): readonly TensorType[] {
  const types = broadcastRule(inputs);
  expectFloat(types[0] as TensorType);
  return types;
}

/** Two values of one element type to be compared, booleans too; the result is bool. */
export function comparisonRule(inputs: readonly TensorType[]): readonly TensorType[] {
  const [a, b] = expectInputs(inputs, 2) as [TensorType, TensorType];
  expectSameDtype(a, b);
  return [{ dtype: 'bool', shape: broadcastShapes(a.shape, b.shape) }];
}

/** Two values of one element type to be ordered, not booleans; the result is bool. */
export function orderRule(inputs: readonly TensorType[]): readonly TensorType[] {
  return [{ dtype: 'bool', shape: (broadcastRule(inputs)[0] as TensorType).shape }];
}

/** Two booleans, broadcast. */
export function logicalRule(inputs: readonly TensorType[]): readonly TensorType[] {
  for (const type of inputs) expectBool(type);
  return comparisonRule(inputs);
}

/** One value of numbers; the result has its type. */
export function unaryRule(inputs: readonly TensorType[]): readonly TensorType[] {
  const x = onlyInput(inputs);
  if (x.dtype === 'bool') fail(`takes numbers, ${describeType(x)} came`);
  return [x];
}

/** One value of floating point; the result has its type. */
export function unaryFloatRule(inputs: readonly TensorType[]): readonly TensorType[] {
  const x = onlyInput(inputs);
  expectFloat(x);
  return [x];
}

export function expectBool(type: TensorType): void {
  if (type.dtype !== 'bool') fail(`takes bool, ${describeType(type)} came`);
}

/** Refuses all but the element types that index, int64 and int32. */
export function expectIndices(type: TensorType): void {
  if (type.dtype !== 'int64' && type.dtype !== 'int32') fail(`takes int64 or int32 indices, ${describeType(type)} came`);
}

/** The ONNX names of a node's inputs. */
export function inputNames(node: Pick<Node, 'inputs'>, to: Lowering): readonly string[] {
  return node.inputs.map((input) => to.name(input));
}

/** From this many elements on it is worth two more nodes to spare ONNX Runtime a loop over single elements. */
const MANY = 4096;

/**
 * The lowering to one ONNX node without attributes. Where a scalar meets a value whose last axis has length 1, as the weight of a 1x1
 * convolution, ONNX Runtime's CPU back end would go through it one element at a time, so the value is flattened first.
 */
export function lowerAs<K extends OpName>(op: string): (node: Node<K>, to: Lowering) => readonly string[] {
  return (node, to) => {
    const names = inputNames(node, to);
    const { shape } = (node.outputs[0] as Value).type;
    const scalars = node.inputs.map(({ type }) => type.shape.length === 0);
    const whole = node.inputs.every(({ type }, i) => scalars[i] || type.shape.join() === shape.join());
    const count = productOfDims(shape);
    const slow = to.target === 'cpu' && whole && shape.length > 1 && shape.at(-1) === 1 && scalars.includes(true);
    if (!slow || typeof count !== 'number' || count < MANY) return [to.emit(op, names)];
    const flat = names.map((name, i) => (scalars[i] ? name : to.emit('Reshape', [name, to.ints([-1])])));
    return [to.emit('Reshape', [to.emit(op, flat), to.dims(shape)])];
  };
}

/** A scalar constant of any element type. @throws shape for a number that an integer type cannot hold */
export function scalar(value: number, dtype: DType, builder: Builder): Value {
  if (dtype === 'float16' || dtype === 'bfloat16') {
    return builder.apply('cast', [scalar(value, 'float32', builder)], { to: dtype });
  }
  const { array, floating } = dtypes[dtype];
  const data = new array(1);
  if (floating || Number.isInteger(value)) {
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[0] = BigInt(value);
    else data[0] = value;
  }
  if (!floating && Number(data[0]) !== value) fail(`${value} cannot be ${dtype}: cast the other side to floating point`);
  return builder.apply('constant', [], { value: tensor(dtype, [], data) });
}
