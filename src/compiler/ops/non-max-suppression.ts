/**
 * Greedy non-maximum suppression: boxes by falling score, dropping any whose intersection over union with one kept
 * before is above the threshold. Result rows are (batch, class, box), int64 [count, 3].
 */

import { int64, tensor } from '../../base/tensor.ts';
import { isDimName } from '../ir/dim.ts';
import { describeType, type TensorType, type Value } from '../ir/graph.ts';
import { inputNames } from './elementwise.ts';
import * as f from './functions.ts';
import type { OnnxNode } from './reading.ts';
import type { OpRules } from './rules.ts';
import { costOf, expectFloat, expectInputs, fail } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    /**
     * Inputs: boxes [batch, n, 4] as two opposite corners (x1, y1, x2, y2), scores [batch, classes, n].
     * Only scores above `scoreThreshold` count; undefined takes all. At most `maxPerClass` boxes are kept of each class of
     * each picture. `count`: a fresh name for how many are kept, known at run time alone.
     */
    nonMaxSuppression: {
      readonly iouThreshold: number;
      readonly scoreThreshold: number | undefined;
      readonly maxPerClass: number;
      readonly count: string;
    };
  }
}

/** Boxes may also be given as a middle and sizes, (x, y, width, height). */
function readNonMaxSuppression(node: OnnxNode): Value {
  const [boxes, scores] = [node.input(0), node.input(1)];
  const number = (i: number): number | undefined => (node.optional(i) ? node.number(i) : undefined);
  const corners = (): Value => {
    const half = f.mul(f.slice(boxes, 2, 2, 4), 0.5);
    const middle = f.slice(boxes, 2, 0, 2);
    return f.concat([f.sub(middle, half), f.add(middle, half)], 2);
  };
  return node.builder.apply('nonMaxSuppression', [node.int('center_point_box', 0) === 0 ? boxes : corners(), scores], {
    maxPerClass: number(2) ?? 0,
    iouThreshold: number(3) ?? 0,
    scoreThreshold: number(4),
    count: node.freshDim('kept'),
  });
}

export const nonMaxSuppression: OpRules<'nonMaxSuppression'> = {
  shape(inputs, { count }) {
    const [boxes, scores] = expectInputs(inputs, 2) as [TensorType, TensorType];
    expectFloat(boxes);
    if (!isDimName(count)) fail(`takes a name for the count of its results, "${count}" came`);
    const [batch, n, four] = boxes.shape;
    const fits = boxes.shape.length === 3 && scores.shape.length === 3 && four === 4;
    if (!fits || scores.shape[0] !== batch || scores.shape[2] !== n || scores.dtype !== boxes.dtype) {
      fail(`takes boxes [batch, n, 4] and scores [batch, classes, n], ${describeType(boxes)} and ${describeType(scores)} came`);
    }
    return [{ dtype: 'int64', shape: [count, 3] }];
  },
  gradient: 'none',
  lower(node, to) {
    const { iouThreshold, scoreThreshold, maxPerClass } = node.attrs;
    const inputs = [
      ...inputNames(node, to),
      to.constant(int64([1], [maxPerClass])),
      to.constant(tensor('float32', [1], Float32Array.of(iouThreshold))),
    ];
    if (scoreThreshold !== undefined) inputs.push(to.constant(tensor('float32', [1], Float32Array.of(scoreThreshold))));
    return [to.emit('NonMaxSuppression', inputs, { center_point_box: 0 })];
  },
  read: { NonMaxSuppression: readNonMaxSuppression },
  cost: (node) => costOf({ inputs: node.inputs, outputs: [] }),
};
