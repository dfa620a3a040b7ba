/** Σ over batch and space of a · (x − center) for each channel: what a scale and a variance gather from dy. */
import type { Value } from '../ir/graph.ts';
import { besideSpatial, channelVector, expectChannelVectors, lowerChannelDot } from './channels.ts';
import type { OpRules } from './rules.ts';
import { costOf, expectInputs, fail } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    /** Inputs a and x [N, C, ...spatial] and center [C]; output [C]. */
    channelDot: NoAttrs;
  }
}

export const channelDot: OpRules<'channelDot'> = {
  shape(inputs) {
    const [a, x, center] = expectInputs(inputs, 3) as [(typeof inputs)[0], (typeof inputs)[0], (typeof inputs)[0]];
    expectChannelVectors(x, [center]);
    if (a.dtype !== x.dtype || a.shape.join() !== x.shape.join()) {
      fail(`takes two values of one shape, [${a.shape.join(', ')}] and [${x.shape.join(', ')}] came`);
    }
    return [channelVector(x)];
  },
  gradient: 'none',
  lower(node, to) {
    const [a, x, center] = node.inputs as readonly [Value, Value, Value];
    // Centered before it is summed: Σ a·x − center · Σ a loses all digits where the mean is far from 0.
    const centered = to.emit('Sub', [to.name(x), besideSpatial(to, to.name(center), x.type.shape.length)]);
    return [lowerChannelDot(to, to.name(a), centered, x.type)];
  },
  read: 'none',
  cost: costOf,
};
