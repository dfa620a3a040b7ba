/** x kept between two bounds (relu6: 0 and 6). The gradient passes dy strictly between them, as torch's hardtanh and relu6 do. */

import { dtypes } from '../../base/dtype.ts';
import type { Value } from '../ir/graph.ts';
import { between, indicator, sameFloatRule } from './activations.ts';
import { inAnyLayout, refined } from './blocked.ts';
import { inputNames, unaryFloatRule } from './elementwise.ts';
import * as f from './functions-elementwise.ts';
import type { OnnxNode } from './reading.ts';
import type { OpRules } from './rules.ts';
import { costOf, costOfSeveral, fail } from './shapes.ts';

interface Bounds {
  readonly min: number;
  readonly max: number;
}

declare module '../ir/graph.ts' {
  interface OpAttrs {
    clip: Bounds;
    /** dy where min < y < max, else 0; inputs (dy, y), so that x need not be kept. */
    clipGrad: Bounds;
  }
}

/** The largest finite float32: what ONNX takes for a bound that is left out. */
const MOST = 3.4028234663852886e38;

/** Clip: attributes up to version 10, inputs since, either of which may be left out. */
function readClip(node: OnnxNode): Value {
  const x = node.input(0);
  if (node.opset < 11) {
    return node.builder.apply('clip', [x], { min: node.float('min', -MOST), max: node.float('max', MOST) });
  }
  const [low, high] = [node.optional(1), node.optional(2)];
  const isKnown = (i: number): boolean => !node.optional(i) || node.known(i)?.elements.length === 1;
  if (dtypes[x.type.dtype].floating && isKnown(1) && isKnown(2)) {
    return node.builder.apply('clip', [x], { min: low ? node.number(1) : -MOST, max: high ? node.number(2) : MOST });
  }
  const above = low ? f.maximum(x, low) : x;
  return high ? f.minimum(above, high) : above;
}

export const clip: OpRules<'clip'> = {
  shape(inputs, { min, max }) {
    if (!(min <= max)) fail(`takes bounds with min up to max, ${min} and ${max} came`);
    return unaryFloatRule(inputs);
  },
  gradient(node, [dy], _wanted, builder) {
    return [dy ? builder.apply('clipGrad', [dy, node.outputs[0] as Value], node.attrs) : null];
  },
  lower: inAnyLayout((node, to) => {
    const { min, max } = node.attrs;
    const x = node.inputs[0] as Value;
    const fused = refined(to, x, { activation: 'Clip', bounds: [min, max] });
    return [fused ?? to.emit('Clip', [to.name(x), to.scalar(min, x.type.dtype), to.scalar(max, x.type.dtype)])];
  }),
  read: { Clip: readClip },
  cost: costOf,
};

export const clipGrad: OpRules<'clipGrad'> = {
  shape: sameFloatRule(2),
  gradient: 'none',
  lower: inAnyLayout((node, to) => {
    const [dy, y] = inputNames(node, to) as [string, string];
    const { min, max } = node.attrs;
    const { dtype } = (node.inputs[0] as Value).type;
    return [to.emit('Mul', [dy, indicator(to, between(to, y, min, max, dtype), dtype)])];
  }),
  read: 'none',
  cost: costOfSeveral,
};
