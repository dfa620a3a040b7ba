/** ONNX's operators that copy, move or count elements and are no operator of ours but made of some. */
import { tensor } from '../../base/tensor.ts';
import { type Dim, multiplyDims, productOfDims } from '../ir/dim.ts';
import type { Value } from '../ir/graph.ts';
import * as f from './functions.ts';
import type { OnnxNode, ReadingRules } from './reading.ts';
import { staticDim } from './shapes.ts';

/** Repeats along every axis: a new axis before each is expanded and taken into it. */
function tile(node: OnnxNode): Value {
  const x = node.input(0);
  const { shape } = x.type;
  const repeats = node.dims(1);
  if (repeats.length !== shape.length) node.refuse(`takes ${shape.length} repeats, ${repeats.length} came`);
  const split = shape.flatMap((dim) => [1, dim]);
  const repeated = shape.flatMap((dim, i) => [repeats[i] as Dim, dim]);
  const joined = shape.map((dim, i) => multiplyDims(dim, repeats[i] as Dim));
  return f.reshape(f.expand(f.reshape(x, split), repeated), joined);
}

/** Inference drops nothing. The mask, all true, is made when it is asked for. */
function dropout(node: OnnxNode): Value | readonly Value[] {
  const x = node.input(0);
  if (node.opset >= 12 && node.optional(2) && node.known(2)?.elements[0] !== 0) {
    node.refuse('is in training mode; export the model for inference');
  }
  if (node.outputCount === 1) return x;
  return [x, f.expand(f.constant(node.builder, tensor('bool', [], Uint8Array.of(1))), x.type.shape)];
}

/** Blocks of channels to squares of pixels: [N, C·b², H, W] to [N, C, H·b, W·b]. */
function depthToSpace(node: OnnxNode): Value {
  const x = node.input(0);
  const [n, c, h, w] = x.type.shape as readonly [Dim, Dim, Dim, Dim];
  const block = node.int('blocksize');
  const channels = staticDim(c, 'DepthToSpace') / block ** 2;
  if (!Number.isInteger(channels)) node.refuse(`has ${c} channels, not a multiple of ${block ** 2}`);
  const columnsFirst = node.text('mode', 'DCR') === 'CRD';
  const apart = f.reshape(x, columnsFirst ? [n, channels, block, block, h, w] : [n, block, block, channels, h, w]);
  const moved = f.transpose(apart, columnsFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]);
  return f.reshape(moved, [n, channels, multiplyDims(h, block), multiplyDims(w, block)]);
}

/** The other way round, [N, C, H, W] to [N, C·b², H / b, W / b]. */
function spaceToDepth(node: OnnxNode): Value {
  const x = node.input(0);
  const [n, c, ...sides] = x.type.shape as readonly [Dim, Dim, Dim, Dim];
  const block = node.int('blocksize');
  const [h, w] = sides.map((side) => staticDim(side, 'SpaceToDepth') / block) as [number, number];
  if (!Number.isInteger(h) || !Number.isInteger(w)) node.refuse(`has sides [${sides.join(', ')}], not multiples of ${block}`);
  const moved = f.transpose(f.reshape(x, [n, c, h, block, w, block]), [0, 3, 5, 1, 2, 4]);
  return f.reshape(moved, [n, multiplyDims(c, block ** 2), h, w]);
}

export const composedShapes: ReadingRules = {
  Identity: (node) => node.input(0),
  Dropout: dropout,
  Tile: tile,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  Size: (node) => f.dimSize(node.builder, productOfDims(node.input(0).type.shape)),
  /** The mean of its operands. */
  Mean(node) {
    const operands = node.inputs();
    return f.mul(
      operands.reduce((a, b) => f.add(a, b)),
      1 / operands.length,
    );
  },
};
