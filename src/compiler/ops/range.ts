/** The int64 numbers 0, 1, ... up to a length, which may be named. */
import { int64 } from '../../base/tensor.ts';
import { type Dim, subtractDims } from '../ir/dim.ts';
import type { Value } from '../ir/graph.ts';
import * as f from './functions.ts';
import { LONGEST } from './read-helpers.ts';
import type { OnnxNode } from './reading.ts';
import type { OpRules } from './rules.ts';
import { expectInputs, free } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    range: { readonly length: Dim };
  }
}

/** ONNX's counts from a start to a limit by steps, all of which must be known; named ones by steps of 1. */
function readRange(node: OnnxNode): Value {
  const [start, limit, delta] = [0, 1, 2].map(
    (i) => node.known(i)?.elements[0] ?? node.refuse(`has input ${i} known only at run time`),
  );
  const { dtype } = node.input(0).type;
  const from = start as Dim;
  let length: Dim;
  if (typeof start === 'number' && typeof limit === 'number') length = Math.max(Math.ceil((limit - start) / Number(delta)), 0);
  else length = delta === 1 ? subtractDims(limit as Dim, from) : node.refuse(`counts to "${limit}" by ${delta}`);
  if (typeof length === 'number' && !(length <= LONGEST)) node.refuse(`gives ${length} numbers, more than ${LONGEST}`);
  const counted = f.cast(node.builder.apply('range', [], { length }), dtype);
  const stepped = delta === 1 ? counted : f.mul(counted, Number(delta));
  return from === 0 ? stepped : f.add(stepped, typeof from === 'number' ? from : node.input(0));
}

export const range: OpRules<'range'> = {
  shape(inputs, { length }) {
    expectInputs(inputs, 0);
    return [{ dtype: 'int64', shape: [length] }];
  },
  gradient: 'none',
  lower(node, to) {
    const { length } = node.attrs;
    if (typeof length === 'number')
      return [
        to.constant(
          int64(
            [length],
            Array.from({ length }, (_, i) => i),
          ),
        ),
      ];
    const limit = to.emit('Reshape', [to.dims([length]), to.ints([])]);
    return [to.emit('Range', [to.scalar(0, 'int64'), limit, to.scalar(1, 'int64')])];
  },
  read: { Range: readRange },
  cost: () => free,
};
