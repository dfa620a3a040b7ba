/** The shape of x as an int64 value [rank]. */

import type { Value } from '../ir/graph.ts';
import { lowerAs } from './elementwise.ts';
import { slice } from './functions-data.ts';
import { toEnd } from './indexing.ts';
import type { OnnxNode } from './reading.ts';
import type { OpRules } from './rules.ts';
import { free, onlyInput } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    shapeOf: NoAttrs;
  }
}

/** Shape; since version 15 of a part of the axes. */
function readShape(node: OnnxNode): Value {
  const shape = node.builder.apply('shapeOf', [node.input(0)], {});
  if (!node.has('start') && !node.has('end')) return shape;
  return slice(shape, 0, node.int('start', 0), node.int('end', toEnd));
}

export const shapeOf: OpRules<'shapeOf'> = {
  shape: (inputs) => [{ dtype: 'int64', shape: [onlyInput(inputs).shape.length] }],
  gradient: 'none',
  lower: lowerAs('Shape'),
  read: { Shape: readShape },
  cost: () => free,
};
