/** Σ over batch and space of each channel: what a bias gathers from dy. */
import type { Value } from '../ir/graph.ts';
import { blocksAtHand } from './blocked.ts';
import { blockedSizes, blockedSums, ownChannels } from './blocked-channels.ts';
import { channelVector, expectChannelVectors, lowerChannelSum } from './channels.ts';
import type { OpRules } from './rules.ts';
import { costOf, onlyInput } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    /** Input [N, C, ...spatial], output [C]. */
    channelSum: NoAttrs;
  }
}

export const channelSum: OpRules<'channelSum'> = {
  shape(inputs) {
    const x = onlyInput(inputs);
    expectChannelVectors(x, []);
    return [channelVector(x)];
  },
  gradient(node, [d], _wanted, builder) {
    if (!d) return [null];
    const { shape } = (node.inputs[0] as Value).type;
    const wide = builder.apply('reshape', [d], { shape: shape.slice(1).map((dim, i) => (i === 0 ? dim : 1)) });
    return [builder.apply('expand', [wide], { shape })];
  },
  lower(node, to) {
    const x = node.inputs[0] as Value;
    const blocks = blocksAtHand(to, x);
    if (blocks !== undefined) {
      const shape = x.type.shape as readonly number[];
      return [ownChannels(to, blockedSums(to, blocks, blockedSizes(to, shape)), shape[1] as number)];
    }
    return [lowerChannelSum(to, to.name(x), x.type)];
  },
  read: 'none',
  cost: costOf,
};
