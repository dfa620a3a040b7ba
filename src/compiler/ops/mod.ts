/**
 * The remainder a - b·⌊a/b⌋, with the sign of b, as torch.remainder and Python's %.
 *
 * da = dy, db = -dy·⌊a/b⌋. ONNX's Mod of floats has the sign of a; b is added where the signs differ.
 */

import { dtypes } from '../../base/dtype.ts';
import type { Value } from '../ir/graph.ts';
import { broadcastRule, inputNames } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import type { OnnxNode } from './reading.ts';
import type { OpRules } from './rules.ts';
import { costOf, unbroadcast } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    mod: NoAttrs;
  }
}

/** ONNX's remainder has the sign of b, or with `fmod` that of a. */
function readMod(node: OnnxNode): Value {
  const [a, b] = [node.input(0), node.input(1)];
  if (node.int('fmod', 0) === 0) return f.mod(a, b);
  return f.mul(f.sign(a), f.mod(f.abs(a), f.abs(b)));
}

export const mod: OpRules<'mod'> = {
  shape: broadcastRule,
  gradient(node, [dy], wanted, builder) {
    if (!dy) return [null, null];
    const [a, b] = node.inputs as [Value, Value];
    return [
      wanted[0] ? unbroadcast(dy, a.type, builder) : null,
      wanted[1] ? unbroadcast(f.neg(f.mul(dy, f.floor(f.div(a, b)))), b.type, builder) : null,
    ];
  },
  lower(node, to) {
    const [a, b] = inputNames(node, to) as [string, string];
    const dtype = (node.outputs[0] as Value).type.dtype;
    if (!dtypes[dtype].floating) return [to.emit('Mod', [a, b])];
    const remainder = to.emit('Mod', [a, b], { fmod: 1 });
    const opposite = to.emit('Less', [to.emit('Mul', [remainder, b]), to.scalar(0, dtype)]);
    return [to.emit('Where', [opposite, to.emit('Add', [remainder, b]), remainder])];
  },
  read: { Mod: readMod },
  cost: costOf,
};
