/** Mean over axes. Its gradient spreads dy/n over the n elements of each mean. */
import { productOfDims } from '../ir/dim.ts';
import type { Value } from '../ir/graph.ts';
import { meansInBlocks } from './blocked-pictures.ts';
import * as f from './functions.ts';
import { readReduction, readSpatial } from './read-helpers.ts';
import { lowerReduction, type ReduceAttrs, reduceFloatRule, withAxes } from './reduce.ts';
import type { OpRules } from './rules.ts';
import { costOf, normalizeAxes } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    mean: ReduceAttrs;
  }
}

const reduceMean = lowerReduction<'mean'>('ReduceMean');

export const mean: OpRules<'mean'> = {
  shape: reduceFloatRule,
  gradient(node, [dy], _wanted, builder) {
    if (!dy) return [null];
    const { dtype, shape } = (node.inputs[0] as Value).type;
    const count = productOfDims(normalizeAxes(node.attrs.axes, shape.length).map((axis) => shape[axis] ?? 1));
    const share = typeof count === 'number' ? f.mul(dy, 1 / count) : f.div(dy, f.cast(f.dimSize(builder, count), dtype));
    return [f.expand(withAxes(share, node), shape)];
  },
  lower(node, to) {
    const x = node.inputs[0] as Value;
    const rank = x.type.shape.length;
    const axes = normalizeAxes(node.attrs.axes, rank);
    const spatial = rank > 2 && axes.length === rank - 2 && axes[0] === 2;
    if (!spatial || x.type.dtype !== 'float32') return reduceMean(node, to);
    const pooled = meansInBlocks(to, x) ?? to.emit('GlobalAveragePool', [to.name(x)]);
    return [node.attrs.keepDims ? pooled : to.emit('Reshape', [pooled, to.ints([0, 0])])];
  },
  read: { ...readReduction('mean', 'ReduceMean', 18), GlobalAveragePool: (node) => readSpatial('mean', node) },
  cost: costOf,
};
