/**
 * The mean of each window. Padding counts as zeros with `countIncludePad`, else not at all; what a rounded-up window has
 * beyond the padding never counts, as in torch.
 */
import { float32 } from '../../base/tensor.ts';
import type { TensorType, Value } from '../ir/graph.ts';
import { inputNames } from './elementwise.ts';
import * as f from './functions.ts';
import { expectPooled, isStatic, overhang, type PoolAttrs, pooledType, undilated } from './pools.ts';
import { padded, readPool, unpadded } from './read-windows.ts';
import type { OnnxNode } from './reading.ts';
import type { Lowering, OpRules } from './rules.ts';
import { costOf, expectInputs, fail, onlyInput, staticShape } from './shapes.ts';
import { insertZeros, onnxWindows, padOrCrop, repeat, spatialOf } from './windows.ts';

type AvgPoolAttrs = Omit<PoolAttrs, 'dilations'> & { readonly countIncludePad: boolean };

declare module '../ir/graph.ts' {
  interface OpAttrs {
    /** Input [N, C, ...spatial], output [N, C, ...spatial']. */
    avgPool: AvgPoolAttrs;
    /** Input dy; output [N, C, ...inputShape]: each element of dy in equal shares over its window. Static spatial shapes alone. */
    avgPoolGrad: AvgPoolAttrs & { readonly inputShape: readonly number[] };
  }
}

function dilated(attrs: AvgPoolAttrs): PoolAttrs {
  return { ...attrs, dilations: undilated(attrs.kernel.length) };
}

/** How many elements each window along one axis counts. */
function counted(length: number, count: number, axis: number, attrs: AvgPoolAttrs): readonly number[] {
  const [stride, begin, end] = [attrs.strides[axis] as number, attrs.padsBegin[axis] as number, attrs.padsEnd[axis] as number];
  return Array.from({ length: count }, (_, i) => {
    const start = i * stride - begin;
    const stop = Math.min(start + (attrs.kernel[axis] as number), length + (attrs.countIncludePad ? end : 0));
    return stop - (attrs.countIncludePad ? start : Math.max(start, 0));
  });
}

/** 1 / elements counted of every window, [1, 1, ...counts], or a single number when all are alike. */
function shares(to: Lowering, spatial: readonly number[], counts: readonly number[], attrs: AvgPoolAttrs, times: number): string {
  let table: readonly number[] = [times];
  spatial.forEach((length, axis) => {
    const windows = counted(length, counts[axis] as number, axis, attrs);
    table = table.flatMap((value) => windows.map((window) => value / window));
  });
  const [first] = table;
  return table.every((value) => value === first) ? to.scalar(first as number) : to.constant(float32([1, 1, ...counts], table));
}

function readAveragePool(node: OnnxNode): Value {
  const { attrs: windows, wide } = readPool(node);
  const countIncludePad = node.int('count_include_pad', 0) === 1;
  if (windows.dilations.some((dilation) => dilation !== 1)) node.refuse('has dilations, which are not supported');
  const { dilations: _, ...attrs } = wide ? unpadded(windows) : windows;
  const pool = (x: Value, counts: boolean): Value => node.builder.apply('avgPool', [x], { ...attrs, countIncludePad: counts });
  const x = node.input(0);
  if (!wide) return pool(x, countIncludePad);
  const means = pool(padded(x, windows, 0), true);
  if (countIncludePad) return means;
  // Padding that does not count: divided by the share of each window that is no padding.
  const ones = f.full(x, [1, 1, ...spatialOf(x.type)], 1);
  return f.div(means, pool(padded(ones, windows, 0), true));
}

export const avgPool: OpRules<'avgPool'> = {
  shape(inputs, attrs) {
    const x = onlyInput(inputs);
    const type = pooledType(x, dilated(attrs));
    const padded = [...attrs.padsBegin, ...attrs.padsEnd].some((pad) => pad > 0);
    if (attrs.ceilMode && attrs.countIncludePad && padded && !isStatic(spatialOf(x))) {
      fail('ceilMode with padding that counts needs static dims; set countIncludePad to false or fix the size');
    }
    return [type];
  },
  gradient(node, [dy], _wanted, builder) {
    if (!dy) return [null];
    const inputShape = staticShape(spatialOf((node.inputs[0] as Value).type), "an average pool's gradient");
    return [builder.apply('avgPoolGrad', [dy], { ...node.attrs, inputShape })];
  },
  lower(node, to) {
    const [x] = inputNames(node, to) as [string];
    const attrs = dilated(node.attrs);
    const { kernel, ceilMode } = attrs;
    const spatial = spatialOf((node.inputs[0] as Value).type);
    const counts = spatialOf((node.outputs[0] as Value).type);
    const padded = [...attrs.padsBegin, ...attrs.padsEnd].some((pad) => pad > 0);
    const { dilations: _, ...windows } = onnxWindows(attrs, kernel);
    const includes = padded && node.attrs.countIncludePad;
    if (!isStatic(spatial) || !isStatic(counts)) {
      const more = { count_include_pad: includes ? 1 : 0, ceil_mode: ceilMode ? 1 : 0 };
      return [to.emit('AveragePool', [x], { ...windows, ...more })];
    }
    const over = overhang(spatial, counts, attrs).map((pad) => Math.max(pad, 0));
    const beyond = over.some((pad, i) => pad > (attrs.padsEnd[i] as number));
    if (!includes) {
      const pads = [...attrs.padsBegin, ...over];
      return [to.emit('AveragePool', [x], { ...windows, pads, count_include_pad: 0 })];
    }
    if (!beyond) return [to.emit('AveragePool', [x], { ...windows, count_include_pad: 1 })];
    const area = kernel.reduce((a, b) => a * b, 1);
    const wide = padOrCrop(to, x, attrs.padsBegin, over);
    const means = to.emit('AveragePool', [wide], { ...windows, pads: repeat(0, 2 * kernel.length) });
    return [to.emit('Mul', [means, shares(to, spatial, counts, node.attrs, area)])];
  },
  read: { AveragePool: readAveragePool },
  cost: costOf,
};

export const avgPoolGrad: OpRules<'avgPoolGrad'> = {
  shape(inputs, attrs) {
    const dy = onlyInput(expectInputs(inputs, 1)) as TensorType;
    const x = { dtype: dy.dtype, shape: [...dy.shape.slice(0, 2), ...attrs.inputShape] };
    expectPooled(dy, x, dilated(attrs));
    return [x];
  },
  gradient(node, [d], _wanted, builder) {
    const { inputShape: _, ...attrs } = node.attrs;
    return [d ? builder.apply('avgPool', [d], attrs) : null];
  },
  // Zeros between the shares, then the sum over windows of stride 1: an average pool times the kernel's size.
  lower(node, to) {
    const { kernel, strides, padsBegin, inputShape } = node.attrs;
    const dy = node.inputs[0] as Value;
    const counts = staticShape(spatialOf(dy.type), "an average pool's gradient");
    const area = kernel.reduce((a, b) => a * b, 1);
    const shared = to.emit('Mul', [to.name(dy), shares(to, inputShape, counts, node.attrs, area)]);
    const apart = insertZeros(to, shared, dy.type.shape, strides);
    const before = kernel.map((size, i) => size - 1 - (padsBegin[i] as number));
    const after = inputShape.map((length, i) => {
      const size = kernel[i] as number;
      return length + size - 1 - (counts[i] as number) * (strides[i] as number) - (before[i] as number);
    });
    const wide = padOrCrop(to, apart, before, after);
    return [to.emit('AveragePool', [wide], { kernel_shape: kernel, strides: undilated(kernel.length) })];
  },
  read: 'none',
  cost: costOf,
};
