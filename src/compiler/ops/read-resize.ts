/**
 * ONNX's Resize and Upsample. What the resize operator has is read as it; everything else, of static size, as a gathering of
 * rows (nearest) or as a product with the matrix of its weights, axis by axis (cubic, antialiased, scales that do not divide).
 */
import { int64 } from '../../base/tensor.ts';
import { type Dim, floorDivideDim, multiplyDims } from '../ir/dim.ts';
import type { Value } from '../ir/graph.ts';
import * as f from './functions-data.ts';
import type { OnnxNode } from './reading.ts';
import { type AxisMap, type Coordinates, nearestPlace, resampleAlong, type Sampling } from './resample.ts';
import { normalizeAxis } from './shapes.ts';

/** One axis that is resized. */
interface ResizedAxis {
  readonly axis: number;
  readonly from: Dim;
  readonly to: Dim;
  /** By how much; undefined where it is to / from. */
  readonly scale: number | undefined;
}

/** Reads a Resize, or an Upsample, its forerunner. */
export function readResize(node: OnnxNode): Value {
  const x = node.input(0);
  const axes = resizedAxes(node, x);
  if (axes.length === 0) return x;
  const sampling = samplingOf(node);
  const direct = directly(node, x, axes, sampling);
  return direct ?? axes.reduce((value, axis) => oneAxis(node, value, axis, sampling), x);
}

/** The axes that change, by new sizes or by scales. */
function resizedAxes(node: OnnxNode, x: Value): readonly ResizedAxis[] {
  const { shape } = x.type;
  const upsample = node.op === 'Upsample';
  const modern = !upsample && node.opset >= 11;
  if (modern && node.text('keep_aspect_ratio_policy', 'stretch') !== 'stretch') node.refuse('keeps the aspect ratio');
  const axes = (node.ints('axes') ?? shape.map((_, i) => i)).map((axis) => normalizeAxis(axis, shape.length));
  const sizes = modern && node.optional(3) ? node.dims(3) : undefined;
  const scales = sizes ? undefined : upsample && node.opset < 9 ? node.floats('scales') : node.numbers(modern ? 2 : 1);
  if ((sizes ?? scales ?? []).length !== axes.length) node.refuse(`takes a size or a scale for each of ${axes.length} axes`);
  const all = axes.map((axis, i): ResizedAxis => {
    const from = shape[axis] as Dim;
    const scale = scales?.[i];
    return { axis, from, to: scale === undefined ? (sizes?.[i] as Dim) : scaled(node, from, scale), scale };
  });
  return all.filter(({ from, to, scale }) => from !== to || (scale ?? 1) !== 1);
}

function scaled(node: OnnxNode, from: Dim, scale: number): Dim {
  if (!(scale > 0)) node.refuse(`has a scale of ${scale}`);
  if (typeof from === 'number') return Math.floor(from * scale);
  if (Number.isInteger(scale)) return multiplyDims(from, scale);
  if (Number.isInteger(1 / scale)) return floorDivideDim(from, 1 / scale);
  return node.refuse(`scales a dim "${from}" by ${scale}; give it a size`);
}

function samplingOf(node: OnnxNode): Sampling {
  const old = node.op === 'Upsample' || node.opset < 11;
  const mode = node.text('mode', 'nearest');
  const kernels: Readonly<Record<string, Sampling['kernel']>> = {
    nearest: 'nearest',
    linear: 'linear',
    bilinear: 'linear',
    cubic: 'cubic',
  };
  return {
    kernel: kernels[mode] ?? node.refuse(`has mode "${mode}"`),
    coordinates: old ? 'asymmetric' : node.text('coordinate_transformation_mode', 'half_pixel'),
    rounding: old ? 'floor' : node.text('nearest_mode', 'round_prefer_floor'),
    cubic: node.float('cubic_coeff_a', -0.75),
    antialias: node.int('antialias', 0) === 1,
    excludeOutside: node.int('exclude_outside', 0) === 1,
  };
}

/** The resize operator, where it is the same. */
function directly(node: OnnxNode, x: Value, axes: readonly ResizedAxis[], sampling: Sampling): Value | undefined {
  const coordinates = coordinatesOf(axes, sampling);
  if (!coordinates || sampling.antialias || sampling.kernel === 'cubic' || !axes.every(divides)) return undefined;
  const first = Math.min(...axes.map(({ axis }) => axis));
  const size = x.type.shape.slice(first).map((dim, i) => axes.find(({ axis }) => axis === first + i)?.to ?? dim);
  return node.builder.apply('resize', [x], { size, mode: sampling.kernel, coordinates });
}

/** True where the scale is the quotient of the sizes. */
function divides({ from, to, scale }: ResizedAxis): boolean {
  if (scale === undefined) return true;
  return typeof from === 'number' && typeof to === 'number' ? from * scale === to : Number.isInteger(scale);
}

function coordinatesOf(axes: readonly ResizedAxis[], { kernel, coordinates, rounding }: Sampling): Coordinates | undefined {
  // Without more than one element out, ONNX's "pytorch_half_pixel" looks at the first one. A named axis is taken to have more.
  const halves = coordinates === 'pytorch_half_pixel' ? axes.every(({ to }) => to !== 1) : coordinates === 'half_pixel';
  const others = ['asymmetric', 'align_corners'] as const;
  if (kernel === 'linear') return halves ? 'half_pixel' : others.find((known) => known === coordinates);
  if (coordinates === 'asymmetric' && rounding === 'floor') return 'asymmetric';
  // Enlarging by whole numbers, no place is half way between two elements.
  const whole = axes.every(({ from, to, scale }) => Number.isInteger(scale ?? Number(to) / Number(from)));
  const nearest = rounding === 'round_prefer_ceil' || (rounding === 'round_prefer_floor' && whole);
  return halves && nearest ? 'half_pixel' : undefined;
}

function oneAxis(node: OnnxNode, x: Value, { axis, from, to, scale }: ResizedAxis, sampling: Sampling): Value {
  if (typeof from !== 'number' || typeof to !== 'number') {
    return node.refuse(`resizes a dim "${from}" to "${to}" in a way that needs static sizes; give it a size`);
  }
  const map: AxisMap = { from, to, scale: scale ?? to / from };
  if (sampling.kernel !== 'nearest') return resampleAlong(node, x, axis, map, sampling);
  const places = Array.from({ length: to }, (_, i) => nearestPlace(node, i, map, sampling));
  return f.gather(x, f.constant(node.builder, int64([to], places)), axis);
}
