/** Elementwise functions over values; each adds one node to the graph of its operands. Numbers become scalar constants. */
import type { DType } from '../../base/dtype.ts';
import { OcelliError } from '../../base/errors.ts';
import type { OpAttrs, Value } from '../ir/graph.ts';
import { scalar } from './elementwise.ts';

/** A value, or a number to be taken as a scalar of the other side's element type. */
export type Operand = Value | number;

/** The operators without attributes. */
type Plain = {
  [K in keyof OpAttrs]: Record<never, never> extends OpAttrs[K] ? K : never;
}[keyof OpAttrs];

/** Both operands as values of one graph. */
function operands(a: Operand, b: Operand): [Value, Value] {
  if (typeof a !== 'number') return [a, typeof b === 'number' ? scalar(b, a.type.dtype, a.builder) : b];
  if (typeof b !== 'number') return [scalar(a, b.type.dtype, b.builder), b];
  throw new OcelliError('usage', `one of the two operands must be a value, the numbers ${a} and ${b} came`);
}

function binary(op: Plain, a: Operand, b: Operand): Value {
  const [x, y] = operands(a, b);
  return x.builder.apply(op, [x, y], {});
}

function unary(op: Plain, x: Value): Value {
  return x.builder.apply(op, [x], {});
}

/** a + b. */
export const add = (a: Operand, b: Operand): Value => binary('add', a, b);
/** a - b. */
export const sub = (a: Operand, b: Operand): Value => binary('sub', a, b);
/** a * b. */
export const mul = (a: Operand, b: Operand): Value => binary('mul', a, b);
/** a / b; of integers, towards zero. */
export const div = (a: Operand, b: Operand): Value => binary('div', a, b);
/** a to the power b. */
export const pow = (a: Operand, b: Operand): Value => binary('pow', a, b);
/** The remainder of a / b with the sign of b. */
export const mod = (a: Operand, b: Operand): Value => binary('mod', a, b);
/** The larger of a and b. */
export const maximum = (a: Operand, b: Operand): Value => binary('maximum', a, b);
/** The smaller of a and b. */
export const minimum = (a: Operand, b: Operand): Value => binary('minimum', a, b);

/** a = b, as bool. */
export const equal = (a: Operand, b: Operand): Value => binary('equal', a, b);
/** a ≠ b, as bool. */
export const notEqual = (a: Operand, b: Operand): Value => binary('notEqual', a, b);
/** a < b, as bool. */
export const less = (a: Operand, b: Operand): Value => binary('less', a, b);
/** a ≤ b, as bool. */
export const lessOrEqual = (a: Operand, b: Operand): Value => binary('lessOrEqual', a, b);
/** a > b, as bool. */
export const greater = (a: Operand, b: Operand): Value => binary('greater', a, b);
/** a ≥ b, as bool. */
export const greaterOrEqual = (a: Operand, b: Operand): Value => binary('greaterOrEqual', a, b);

/** Both, of booleans. */
export const and = (a: Value, b: Value): Value => binary('and', a, b);
/** Either, of booleans. */
export const or = (a: Value, b: Value): Value => binary('or', a, b);
/** Exactly one, of booleans. */
export const xor = (a: Value, b: Value): Value => binary('xor', a, b);
/** The opposite, of a boolean. */
export const not = (x: Value): Value => unary('not', x);

/** -x. */
export const neg = (x: Value): Value => unary('neg', x);
/** |x|. */
export const abs = (x: Value): Value => unary('abs', x);
/** -1, 0 or 1. */
export const sign = (x: Value): Value => unary('sign', x);
/** e to the power x. */
export const exp = (x: Value): Value => unary('exp', x);
/** The natural logarithm. */
export const log = (x: Value): Value => unary('log', x);
/** The square root. */
export const sqrt = (x: Value): Value => unary('sqrt', x);
/** x². */
export const square = (x: Value): Value => unary('square', x);
/** 1 / x. */
export const reciprocal = (x: Value): Value => unary('reciprocal', x);
/** The error function. */
export const erf = (x: Value): Value => unary('erf', x);
/** Rounded down. */
export const floor = (x: Value): Value => unary('floor', x);
/** Rounded up. */
export const ceil = (x: Value): Value => unary('ceil', x);
/** Rounded to the nearest integer, halves to the even one. */
export const round = (x: Value): Value => unary('round', x);

/** `a` where `condition` holds, else `b`. */
export function where(condition: Value, a: Operand, b: Operand): Value {
  return condition.builder.apply('where', [condition, ...operands(a, b)], {});
}

/** x as another element type; floats become integers towards zero, and x itself comes back when it has the type. */
export function cast(x: Value, to: DType): Value {
  return x.type.dtype === to ? x : x.builder.apply('cast', [x], { to });
}
