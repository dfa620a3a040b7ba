/** What convolutions and pools share: windows that slide over the spatial axes (all but the first two). */
import { addDims, type Dim, floorDivideDim, multiplyDims, subtractDims } from '../ir/dim.ts';
import { describeType, type TensorType } from '../ir/graph.ts';
import type { Lowering, OnnxAttr } from './rules.ts';
import { fail, staticDim, staticShape } from './shapes.ts';

/** How windows slide, one number for each spatial axis. */
export interface WindowAttrs {
  readonly strides: readonly number[];
  /** Zeros (pools: nothing) before the first element. */
  readonly padsBegin: readonly number[];
  readonly padsEnd: readonly number[];
  /** Distance between neighbouring elements of a window. */
  readonly dilations: readonly number[];
}

/** How a convolution slides, and into how many independent groups its channels fall. */
export interface ConvAttrs extends WindowAttrs {
  readonly groups: number;
}

/** The lengths of the spatial axes. */
export function spatialOf(type: TensorType): readonly Dim[] {
  return type.shape.slice(2);
}

/** How far one window reaches: dilation · (kernel − 1) + 1. */
export function reach(kernel: number, dilation: number): number {
  return dilation * (kernel - 1) + 1;
}

/** Checks that there is one sensible number for each of `rank` spatial axes. */
export function checkWindows(attrs: WindowAttrs, kernel: readonly number[], rank: number): void {
  if (rank < 1 || rank > 3) fail(`takes 1, 2 or 3 spatial axes, ${rank} came`);
  const lists = {
    kernel,
    strides: attrs.strides,
    dilations: attrs.dilations,
    padsBegin: attrs.padsBegin,
    padsEnd: attrs.padsEnd,
  };
  for (const [name, list] of Object.entries(lists)) {
    const least = name.startsWith('pads') ? 0 : 1;
    if (list.length !== rank) fail(`takes ${rank} numbers for ${name}, [${list.join(', ')}] came`);
    const wrong = list.find((value) => !Number.isInteger(value) || value < least);
    if (wrong !== undefined) fail(`takes integers from ${least} for ${name}, ${wrong} came`);
  }
}

/**
 * How many windows fit along each spatial axis: ⌊(length + pads − reach) / stride⌋ + 1.
 * With `ceilMode` the quotient is rounded up, so that the last window may be longer than what is left, but a window
 * that would begin in the padding at the end is left out.
 * @throws shape when no window fits
 */
export function windowCounts(
  spatial: readonly Dim[],
  kernel: readonly number[],
  attrs: WindowAttrs,
  ceilMode = false,
): readonly Dim[] {
  return spatial.map((length, i) => {
    const stride = attrs.strides[i] as number;
    const [begin, end] = [attrs.padsBegin[i] as number, attrs.padsEnd[i] as number];
    const extent = reach(kernel[i] as number, attrs.dilations[i] as number);
    const room = addDims(length, begin + end - extent);
    if (typeof room === 'number' && room + (ceilMode ? stride - 1 : 0) < 0) {
      fail(
        `a window reaches over ${extent} elements, spatial axis ${i} has ${length} and ${begin + end} of padding: too small an input`,
      );
    }
    if (!ceilMode) return addDims(floorDivideDim(room, stride), 1);
    const count = addDims(floorDivideDim(addDims(room, stride - 1), stride), 1);
    if (typeof count === 'number' && typeof length === 'number') {
      return (count - 1) * stride >= length + begin ? count - 1 : count;
    }
    if (end + stride > extent) {
      fail(`ceilMode with stride ${stride} and padding ${end} for windows of ${extent} needs static dims, "${length}" is named`);
    }
    return count;
  });
}

/** What `count` windows need: the elements from the first window's start to the last one's end. */
export function windowSpan(count: Dim, stride: number, extent: number): Dim {
  return addDims(multiplyDims(subtractDims(count, 1), stride), extent);
}

/** The attributes of an ONNX operator with these windows. */
export function onnxWindows(attrs: WindowAttrs, kernel: readonly number[]): Record<string, OnnxAttr> {
  return {
    kernel_shape: kernel,
    strides: attrs.strides,
    pads: [...attrs.padsBegin, ...attrs.padsEnd],
    dilations: attrs.dilations,
  };
}

/** Static spatial kernel sizes of a weight. */
export function kernelOf(weight: TensorType): readonly number[] {
  return staticShape(weight.shape.slice(2), `the kernel of ${describeType(weight)}`);
}

/** `count` equal numbers. */
export function repeat(value: number, count: number): readonly number[] {
  return new Array<number>(count).fill(value);
}

/** A value in reverse order along one axis. */
export function reversed(to: Lowering, name: string, axis: number): string {
  const [start, end, step] = [to.ints([-1]), to.ints([1 - 2 ** 31]), to.ints([-1])];
  return to.emit('Slice', [name, start, end, to.ints([axis]), step]);
}

/**
 * Cuts or pads the spatial axes of an ONNX value by these counts, negative ones cut. The value is returned as it is when all
 * are 0.
 */
export function padOrCrop(
  to: Lowering,
  name: string,
  before: readonly number[],
  after: readonly number[],
  value?: string,
): string {
  let result = name;
  const axes = before.flatMap((b, i) => (b < 0 || (after[i] as number) < 0 ? [i] : []));
  if (axes.length > 0) {
    const starts = axes.map((i) => Math.max(-(before[i] as number), 0));
    const ends = axes.map((i) => ((after[i] as number) < 0 ? (after[i] as number) : 2 ** 31 - 1));
    result = to.emit('Slice', [
      result,
      to.ints(starts),
      to.ints(ends),
      to.ints(axes.map((i) => i + 2)),
      to.ints(axes.map(() => 1)),
    ]);
  }
  const pads = [0, 0, ...before.map((b) => Math.max(b, 0)), 0, 0, ...after.map((a) => Math.max(a, 0))];
  if (pads.every((pad) => pad === 0)) return result;
  return to.emit('Pad', [result, to.ints(pads), ...(value === undefined ? [] : [value])]);
}

/**
 * Puts stride − 1 zeros behind every element along each spatial axis: an axis of D becomes one of D · stride.
 * `block` is how many channels lie side by side in memory (1 but for blocked layouts).
 */
export function insertZeros(to: Lowering, name: string, shape: readonly Dim[], strides: readonly number[], block = 1): string {
  if (strides.every((stride) => stride === 1)) return name;
  const [batch, channels, ...spatial] = shape as [Dim, Dim, ...Dim[]];
  const last = spatial.length - 1;
  const apart: Dim[] = [batch, block === 1 ? channels : Math.ceil(staticDim(channels, 'a blocked layout') / block)];
  const pads: number[] = [0, 0];
  spatial.forEach((dim, i) => {
    apart.push(dim, i === last ? block : 1);
    pads.push(0, (i === last ? block : 1) * ((strides[i] as number) - 1));
  });
  const spread = to.emit('Pad', [to.emit('Reshape', [name, to.dims(apart)]), to.ints([...pads.map(() => 0), ...pads])]);
  const joined = [batch, block === 1 ? channels : (apart[1] as number) * block];
  return to.emit('Reshape', [spread, to.dims([...joined, ...spatial.map((dim, i) => multiplyDims(dim, strides[i] as number))])]);
}
