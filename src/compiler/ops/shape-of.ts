/** The shape of x as an int64 value [rank]. */
import { lowerAs } from './elementwise.ts';
import type { OpRules } from './rules.ts';
import { free, onlyInput } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    shapeOf: NoAttrs;
  }
}

export const shapeOf: OpRules<'shapeOf'> = {
  shape: (inputs) => [{ dtype: 'int64', shape: [onlyInput(inputs).shape.length] }],
  gradient: 'none',
  lower: lowerAs('Shape'),
  cost: () => free,
};
