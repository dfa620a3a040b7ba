/** The coordinates of what is not 0, int64 [count, rank] in C order, as torch.nonzero. */

import { isDimName } from '../ir/dim.ts';
import type { Value } from '../ir/graph.ts';
import * as f from './functions-data.ts';
import type { OpRules } from './rules.ts';
import { costOf, fail, onlyInput } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    /** `count`: a fresh name for how many there are, known at run time alone. */
    nonZero: { readonly count: string };
  }
}

export const nonZero: OpRules<'nonZero'> = {
  shape(inputs, { count }) {
    if (!isDimName(count)) fail(`takes a name for the count of its results, "${count}" came`);
    return [{ dtype: 'int64', shape: [count, onlyInput(inputs).shape.length] }];
  },
  gradient: 'none',
  lower: (node, to) => [to.emit('Transpose', [to.emit('NonZero', [to.name(node.inputs[0] as Value)])], { perm: [1, 0] })],
  read: { NonZero: (node) => f.transpose(f.nonZero(node.input(0), node.freshDim('nonzero')), [1, 0]) },
  cost: (node) => costOf({ inputs: node.inputs, outputs: [] }),
};
