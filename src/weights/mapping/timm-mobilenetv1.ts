/** From the keys of timm's `mobilenetv1_100` and its other widths to those of `mobilenet_v1`. */
import type { KeyMap, KeyRule } from './rules.ts';

/** Blocks in one row before each of timm's five stages; the stem is `features.0`. */
const blocksBefore: readonly number[] = [1, 2, 4, 6, 12];

/** The layers of a block: timm's name, ours. */
const layers: readonly (readonly [theirs: string, ours: string])[] = [
  ['conv_dw', '0.0'],
  ['bn1', '0.1'],
  ['conv_pw', '1.0'],
  ['bn2', '1.1'],
];

const blocks: readonly KeyRule[] = blocksBefore.flatMap((before, stage) =>
  layers.map(([theirs, ours]) => ({
    from: `blocks.${stage}.{block}.${theirs}.{tensor}`,
    to: `features.{block+${before}}.${ours}.{tensor}`,
  })),
);

export const map: KeyMap = {
  rules: [
    { from: 'conv_stem.{tensor}', to: 'features.0.0.{tensor}' },
    { from: 'bn1.{tensor}', to: 'features.0.1.{tensor}' },
    ...blocks,
    { from: 'classifier.{tensor}', to: 'classifier.1.{tensor}' },
  ],
};
