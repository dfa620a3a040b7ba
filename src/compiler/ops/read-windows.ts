/** How ONNX's convolutions and pools say the way their windows slide; automatic padding is worked out. */
import { type Dim, describeType, type TensorType, type Value } from '../ir/graph.ts';
import * as f from './functions-data.ts';
import type { PoolAttrs } from './pools.ts';
import type { OnnxNode } from './reading.ts';
import { reach, repeat, spatialOf, type WindowAttrs } from './windows.ts';

/** The kernel of a weight [K, C, ...kernel], which an attribute may repeat. */
export function readKernel(node: OnnxNode, weight: TensorType): readonly number[] {
  const kernel = weight.shape.slice(2);
  const given = node.ints('kernel_shape');
  if (given && given.join() !== kernel.join()) {
    node.refuse(`has kernel_shape [${given.join(', ')}] for a weight ${describeType(weight)}`);
  }
  return kernel.map((size) => (typeof size === 'number' ? size : node.refuse(`has a weight ${describeType(weight)}`)));
}

/** Strides, dilations and padding. SAME padding with a stride needs to know the size, so a named one is refused there. */
export function readWindows(node: OnnxNode, spatial: readonly Dim[], kernel: readonly number[]): WindowAttrs {
  const rank = kernel.length;
  const strides = node.ints('strides') ?? repeat(1, rank);
  const dilations = node.ints('dilations') ?? repeat(1, rank);
  const auto = node.text('auto_pad', 'NOTSET');
  if (auto === 'NOTSET' || auto === 'VALID') {
    const pads = (auto === 'NOTSET' ? node.ints('pads') : undefined) ?? repeat(0, 2 * rank);
    return { strides, dilations, padsBegin: pads.slice(0, pads.length / 2), padsEnd: pads.slice(pads.length / 2) };
  }
  const totals = kernel.map((size, i) => {
    const [length, stride, extent] = [spatial[i], Math.max(strides[i] ?? 1, 1), reach(size, dilations[i] ?? 1)];
    if (stride === 1) return extent - 1;
    if (typeof length !== 'number') return node.refuse(`has auto_pad ${auto} and a stride; give the dim "${length}" a size`);
    return Math.max((Math.ceil(length / stride) - 1) * stride + extent - length, 0);
  });
  return { strides, dilations, ...halved(node, totals, auto) };
}

/** Padding in two halves; an odd element goes to the end (SAME_UPPER) or to the beginning (SAME_LOWER). */
function halved(node: OnnxNode, totals: readonly number[], auto: string): Pick<WindowAttrs, 'padsBegin' | 'padsEnd'> {
  if (auto !== 'SAME_UPPER' && auto !== 'SAME_LOWER') node.refuse(`has auto_pad "${auto}"`);
  const smaller = totals.map((total) => Math.floor(total / 2));
  const larger = totals.map((total) => Math.ceil(total / 2));
  return auto === 'SAME_UPPER' ? { padsBegin: smaller, padsEnd: larger } : { padsBegin: larger, padsEnd: smaller };
}

/** The windows of a pool, and whether they have padding of more than half a kernel, which pools of ours refuse. */
export function readPool(node: OnnxNode): { readonly attrs: PoolAttrs; readonly wide: boolean } {
  const kernel = node.ints('kernel_shape') ?? node.refuse('has no kernel_shape');
  const windows = readWindows(node, spatialOf(node.input(0).type), kernel);
  const wide = kernel.some((size, i) => Math.max(windows.padsBegin[i] ?? 0, windows.padsEnd[i] ?? 0) > size / 2);
  return { attrs: { kernel, ...windows, ceilMode: node.int('ceil_mode', 0) === 1 }, wide };
}

/** A value with a pool's padding around it, full of one number. */
export function padded(x: Value, { padsBegin, padsEnd }: WindowAttrs, filling: number): Value {
  return f.pad(x, [0, 0, ...padsBegin], [0, 0, ...padsEnd], { value: filling });
}

/** The same windows without padding. */
export function unpadded<A extends WindowAttrs>(attrs: A): A {
  const none = repeat(0, attrs.strides.length);
  return { ...attrs, padsBegin: none, padsEnd: none };
}

/** The windows of a transposed convolution, from its padding or from the output's size that is asked for. */
export function readSpread(
  node: OnnxNode,
  spatial: readonly Dim[],
  kernel: readonly number[],
): WindowAttrs & { readonly outputPadding: readonly number[] } {
  const rank = kernel.length;
  const outputPadding = node.ints('output_padding') ?? repeat(0, rank);
  const auto = node.text('auto_pad', 'NOTSET');
  const wanted = node.ints('output_shape')?.slice(-rank);
  if (!wanted && (auto === 'NOTSET' || auto === 'VALID')) return { ...readWindows(node, spatial, kernel), outputPadding };
  const strides = node.ints('strides') ?? repeat(1, rank);
  const dilations = node.ints('dilations') ?? repeat(1, rank);
  const totals = kernel.map((size, i) => {
    const [length, stride, size_] = [spatial[i], strides[i] ?? 1, wanted?.[i]];
    const least = reach(size, dilations[i] ?? 1) + (outputPadding[i] ?? 0);
    if (size_ === undefined) return Math.max(least - stride, 0);
    if (typeof length !== 'number') return node.refuse(`has an output_shape; give the dim "${length}" a size`);
    const total = (length - 1) * stride + least - size_;
    return total >= 0 ? total : node.refuse(`asks for an output of ${size_} elements, ${size_ + total} are there`);
  });
  return { strides, dilations, outputPadding, ...halved(node, totals, auto === 'SAME_UPPER' ? auto : 'SAME_LOWER') };
}
