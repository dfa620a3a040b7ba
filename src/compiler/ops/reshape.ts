/**
 * The same values in C order under another shape. One dim may be -1: what is left over. dy takes x's shape back.
 */
import { type Dim, floorDivideDim, multiplyDims, productOfDims } from '../ir/dim.ts';
import type { Value } from '../ir/graph.ts';
import { squeeze } from './functions-data.ts';
import { axesOf } from './read-helpers.ts';
import type { OnnxNode } from './reading.ts';
import type { OpRules } from './rules.ts';
import { fail, free, normalizeAxes, normalizeAxis, onlyInput } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    reshape: { readonly shape: readonly Dim[] };
  }
}

/**
 * The dim that -1 stands for: what remains of `from` once every dim that `to` has too is taken out of both.
 * Named dims must cancel whole; numbers must divide.
 */
function leftOver(from: readonly Dim[], to: readonly Dim[]): Dim {
  const rest = [...from];
  let divisor = 1;
  for (const dim of to.filter((dim) => dim !== -1)) {
    const at = rest.indexOf(dim);
    if (at >= 0) rest.splice(at, 1);
    else if (typeof dim === 'number') divisor *= dim;
    else return fail(`cannot tell what -1 is in [${to.join(', ')}]: "${dim}" is no dim of [${from.join(', ')}]`);
  }
  const total = productOfDims(rest);
  const quotient = divisor === 0 ? 0 : floorDivideDim(total, divisor);
  if (multiplyDims(quotient, divisor) !== total) fail(`cannot give [${from.join(', ')}] the shape [${to.join(', ')}]`);
  return quotient;
}

/** The shape with -1 put in numbers or names. */
export function resolveShape(from: readonly Dim[], to: readonly Dim[]): readonly Dim[] {
  const unknown = to.filter((dim) => dim === -1).length;
  if (unknown > 1 || to.some((dim) => typeof dim === 'number' && dim < -1)) {
    fail(`takes dims from 0 and at most one -1, [${to.join(', ')}] came`);
  }
  if (unknown === 1) {
    const dim = leftOver(from, to);
    return to.map((size) => (size === -1 ? dim : size));
  }
  const had = productOfDims(from);
  const has = productOfDims(to);
  if (had !== has) fail(`cannot give [${from.join(', ')}] (${had} values) the shape [${to.join(', ')}] (${has} values)`);
  return to;
}

/** A dim of 0 is that of x at the same place, unless `allowzero` says that it is 0. */
function readReshape(node: OnnxNode): Value {
  const x = node.input(0);
  const copies = node.int('allowzero', 0) === 0;
  const shape = node.dims(1).map((dim, i) => {
    return dim === 0 && copies ? (x.type.shape[i] ?? node.refuse(`takes dim ${i} of [${x.type.shape.join(', ')}]`)) : dim;
  });
  return node.builder.apply('reshape', [x], { shape });
}

/** To a matrix: the axes before one, and those from it on. */
function readFlatten(node: OnnxNode): Value {
  const x = node.input(0);
  const { shape } = x.type;
  const given = node.int('axis', 1);
  const axis = given === shape.length ? given : normalizeAxis(given, shape.length);
  const matrix = [productOfDims(shape.slice(0, axis)), productOfDims(shape.slice(axis))];
  return node.builder.apply('reshape', [x], { shape: matrix });
}

function readSqueeze(node: OnnxNode): Value {
  const x = node.input(0);
  const ones = x.type.shape.flatMap((dim, i) => (dim === 1 ? [i] : []));
  return squeeze(x, axesOf(node, 13) ?? ones);
}

function readUnsqueeze(node: OnnxNode): Value {
  const x = node.input(0);
  const axes = axesOf(node, 13) ?? node.refuse('has no axes');
  const rest = [...x.type.shape];
  const rank = rest.length + axes.length;
  const added = normalizeAxes(axes, rank);
  const shape = Array.from({ length: rank }, (_, i) => (added.includes(i) ? 1 : (rest.shift() as Dim)));
  return node.builder.apply('reshape', [x], { shape });
}

export const reshape: OpRules<'reshape'> = {
  shape(inputs, attrs) {
    const x = onlyInput(inputs);
    return [{ dtype: x.dtype, shape: resolveShape(x.shape, attrs.shape) }];
  },
  gradient(node, [dy], _wanted, builder) {
    const { shape } = (node.inputs[0] as Value).type;
    return [dy ? builder.apply('reshape', [dy], { shape }) : null];
  },
  lower(node, to) {
    const x = node.inputs[0] as Value;
    const { shape } = (node.outputs[0] as Value).type;
    if (shape.includes(0)) return [to.emit('Reshape', [to.name(x), to.dims(shape)], { allowzero: 1 })];
    // ONNX writes 0 for "as in x" and -1 for "what is left": most named dims then need no arithmetic at run time.
    const sizes = shape.map((dim, i) => (typeof dim === 'number' ? dim : dim === x.type.shape[i] ? 0 : -1));
    const easy = sizes.filter((size) => size === -1).length <= 1;
    return [to.emit('Reshape', [to.name(x), easy ? to.ints(sizes) : to.dims(shape)])];
  },
  read: { Reshape: readReshape, Flatten: readFlatten, Squeeze: readSqueeze, Unsqueeze: readUnsqueeze },
  cost: () => free,
};
