/**
 * RoIAlign (He et al., Mask R-CNN, 2017, section 3): the mean of bilinear samples in each bin of a grid over each box.
 */
import type { Dim } from '../ir/dim.ts';
import { describeType, type TensorType, type Value } from '../ir/graph.ts';
import { inputNames } from './elementwise.ts';
import type { OnnxNode } from './reading.ts';
import type { OpRules } from './rules.ts';
import { costOf, expectFloat, expectInputs, fail } from './shapes.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    /**
     * Inputs: features [N, C, H, W], boxes [K, 4] as (x1, y1, x2, y2) in pictures' pixels, picture of each box int64 [K].
     * The result is [K, C, height, width]. `spatialScale` takes pixels to features; `samplingRatio` samples along each
     * side of a bin, 0 for as many as features it spans; `aligned` shifts by half a pixel, as pixels have their middles.
     */
    roiAlign: {
      readonly height: number;
      readonly width: number;
      readonly spatialScale: number;
      readonly samplingRatio: number;
      readonly aligned: boolean;
    };
  }
}

function readRoiAlign(node: OnnxNode): Value {
  const mode = node.text('mode', 'avg');
  const coordinates = node.text('coordinate_transformation_mode', node.opset < 16 ? 'output_half_pixel' : 'half_pixel');
  if (mode !== 'avg') node.refuse(`has mode "${mode}", of which only avg is supported`);
  return node.builder.apply('roiAlign', node.inputs(), {
    height: node.int('output_height', 1),
    width: node.int('output_width', 1),
    spatialScale: node.float('spatial_scale', 1),
    samplingRatio: node.int('sampling_ratio', 0),
    aligned: coordinates === 'half_pixel',
  });
}

export const roiAlign: OpRules<'roiAlign'> = {
  shape(inputs, { height, width }) {
    const [features, boxes, pictures] = expectInputs(inputs, 3) as [TensorType, TensorType, TensorType];
    expectFloat(features);
    const count = boxes.shape[0];
    const fits = features.shape.length === 4 && boxes.shape.length === 2 && boxes.shape[1] === 4 && pictures.shape.length === 1;
    if (!fits || pictures.shape[0] !== count || pictures.dtype !== 'int64' || boxes.dtype !== features.dtype) {
      fail(`takes features [N, C, H, W], boxes [K, 4] and int64 [K], ${inputs.map(describeType).join(', ')} came`);
    }
    return [{ dtype: features.dtype, shape: [count as Dim, features.shape[1] as Dim, height, width] }];
  },
  gradient: 'none',
  lower(node, to) {
    const { height, width, spatialScale, samplingRatio, aligned } = node.attrs;
    return [
      to.emit('RoiAlign', inputNames(node, to), {
        output_height: height,
        output_width: width,
        sampling_ratio: samplingRatio,
        spatial_scale: { float: spatialScale },
        coordinate_transformation_mode: aligned ? 'half_pixel' : 'output_half_pixel',
        mode: 'avg',
      }),
    ];
  },
  read: { RoiAlign: readRoiAlign },
  cost: costOf,
};
