/** ONNX's Slice and Split as slices. */
import { addDims, type Dim } from '../ir/dim.ts';
import type { Value } from '../ir/graph.ts';
import * as f from './functions-data.ts';
import { toEnd, toStart } from './indexing.ts';
import type { OnnxNode } from './reading.ts';
import { normalizeAxis } from './shapes.ts';

/** Bounds beyond any length mean its ends. */
function bound(dim: Dim): Dim {
  return typeof dim === 'number' ? Math.min(Math.max(dim, toStart), toEnd) : dim;
}

/** Slice: attributes up to version 9, inputs since. */
export function readSlice(node: OnnxNode): Value {
  const x = node.input(0);
  const old = node.opset < 10;
  const list = (name: string, i: number): readonly Dim[] =>
    (old ? node.ints(name) : node.dims(i)) ?? node.refuse(`has no ${name}`);
  const [starts, ends] = [list('starts', 1).map(bound), list('ends', 2).map(bound)];
  const axes = (old ? node.ints('axes') : node.optional(3) && node.numbers(3)) ?? starts.map((_, i) => i);
  const steps = (old ? undefined : node.optional(4) && node.numbers(4)) ?? starts.map(() => 1);
  const from = starts.map((start, i) => (start === toStart && (steps[i] ?? 1) > 0 ? 0 : start));
  return node.builder.apply('slice', [x], { axes, starts: from, ends, steps });
}

/** Split into parts of given lengths, or of equal ones. */
export function readSplit(node: OnnxNode): readonly Value[] {
  const x = node.input(0);
  const axis = normalizeAxis(node.int('axis', 0), x.type.shape.length);
  let end: Dim = 0;
  return lengthsOf(node, x.type.shape[axis] as Dim).map((length) => {
    const start = end;
    end = addDims(start, length);
    return f.slice(x, axis, start, end);
  });
}

function lengthsOf(node: OnnxNode, total: Dim): readonly Dim[] {
  const count = node.outputCount;
  const given = node.opset < 13 ? node.ints('split') : node.optional(1) && node.dims(1);
  if (given) {
    const sum = given.reduce(addDims, 0);
    if (given.length === count && sum === total) return given;
    return node.refuse(`splits ${total} elements into [${given.join(', ')}] for ${count} outputs`);
  }
  if (typeof total !== 'number') return node.refuse(`splits a dim "${total}" into equal parts; give it a size`);
  const part = Math.ceil(total / count);
  const last = total - part * (count - 1);
  if (last < 0 || (last !== part && node.opset < 18)) node.refuse(`splits ${total} elements into ${count} equal parts`);
  return Array.from({ length: count }, (_, i) => (i < count - 1 ? part : last));
}
