/** What many reading rules share: operators one to one, reductions, axes. */
import type { OpAttrs, OpName, Value } from '../ir/graph.ts';
import type { OnnxNode, ReadingRule, ReadingRules } from './reading.ts';
import type { ReduceAttrs, ReduceName } from './reduce.ts';
import type { OpRules } from './rules.ts';
import { normalizeAxes } from './shapes.ts';

/** A list that must be made while the file is read has at most this many elements. */
export const LONGEST: number = 2 ** 24;

/** The operators without attributes. */
type PlainName = { [K in OpName]: Record<never, never> extends OpAttrs[K] ? K : never }[OpName];

/** An ONNX operator that is an operator without attributes, input by input. */
export function readAs<K extends PlainName>(op: K, onnx: string): ReadingRules {
  return { [onnx]: (node) => node.builder.apply(op, node.inputs(), {} as OpAttrs[K]) };
}

/** An ONNX operator of any number of operands that is one of two, taken from left to right. */
export function readFolded<K extends PlainName>(op: K, onnx: string): ReadingRules {
  return { [onnx]: (node) => node.inputs().reduce((a, b) => node.builder.apply(op, [a, b], {} as OpAttrs[K])) };
}

/** The axes of a reduction or reshaping: an attribute before version `since` of its operator, an input from it on. */
export function axesOf(node: OnnxNode, since: number): readonly number[] | undefined {
  if (node.opset < since) return node.ints('axes');
  return node.optional(1) ? node.numbers(1) : undefined;
}

/** What a reduction reduces: without axes all of them, or none when it says so. */
export function reduction(node: OnnxNode, since: number): ReduceAttrs {
  const rank = node.input(0).type.shape.length;
  const given = axesOf(node, since) ?? [];
  const isAll = given.length === 0 && node.int('noop_with_empty_axes', 0) === 0;
  const axes = isAll ? Array.from({ length: rank }, (_, i) => i) : normalizeAxes(given, rank);
  return { axes, keepDims: node.int('keepdims', 1) === 1 };
}

/** An ONNX reduction whose axes are an attribute before version `since`. */
export function readReduction<K extends ReduceName>(op: K, onnx: string, since: number): ReadingRules {
  return { [onnx]: (node) => node.builder.apply(op, [node.input(0)], reduction(node, since) as OpAttrs[K]) };
}

/** A reduction over all spatial axes of [N, C, ...spatial], which stay with length 1. */
export function readSpatial(op: 'mean' | 'max', node: OnnxNode): Value {
  const x = node.input(0);
  return node.builder.apply(op, [x], { axes: x.type.shape.slice(2).map((_, i) => i + 2), keepDims: true });
}

/** All reading rules of operators, together with `more`. @throws Error for an ONNX operator that two rules claim */
export function collectReadingRules(
  operators: readonly Pick<OpRules<never>, 'read'>[],
  more: ReadingRules,
): ReadonlyMap<string, ReadingRule> {
  const rules = new Map<string, ReadingRule>();
  for (const read of [...operators.map((rules) => rules.read), more]) {
    if (read === 'none') continue;
    for (const [onnx, rule] of Object.entries(read)) {
      if (rules.has(onnx)) throw new Error(`two operators read ${onnx}`);
      rules.set(onnx, rule);
    }
  }
  return rules;
}
