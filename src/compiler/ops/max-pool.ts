/** The largest element of each window. Padding is never the largest. */
import type { TensorType, Value } from '../ir/graph.ts';
import { BLOCKED, blocksAtHand, fromBlocks } from './blocked.ts';
import { isStatic, overhang, type PoolAttrs, pooledType } from './pools.ts';
import { padded, readPool, unpadded } from './read-windows.ts';
import type { OnnxNode } from './reading.ts';
import type { Lowering, OpRules } from './rules.ts';
import { costOf, onlyInput } from './shapes.ts';
import { onnxWindows, padOrCrop, repeat, spatialOf, type WindowAttrs } from './windows.ts';

declare module '../ir/graph.ts' {
  interface OpAttrs {
    /** Input [N, C, ...spatial], output [N, C, ...spatial']. */
    maxPool: PoolAttrs;
  }
}

/** Below every finite float32 but one. */
export const LEAST: number = -3.4028234663852886e38;

/**
 * x ready for ONNX's MaxPool, and the padding left to it: that takes less padding than the kernel has elements, so where
 * more is needed x is padded beforehand.
 */
export function poolable(
  to: Lowering,
  x: string,
  type: TensorType,
  counts: readonly number[],
  attrs: PoolAttrs,
): { readonly x: string; readonly windows: WindowAttrs; readonly before: readonly number[]; readonly after: readonly number[] } {
  const rank = counts.length;
  const spatial = spatialOf(type) as readonly number[];
  const padsEnd = overhang(spatial, counts, attrs).map((pad) => Math.max(pad, 0));
  const none = repeat(0, rank);
  if (attrs.kernel.every((size, i) => (attrs.padsBegin[i] as number) < size && (padsEnd[i] as number) < size)) {
    return { x, windows: { ...attrs, padsEnd }, before: none, after: none };
  }
  const padded = padOrCrop(to, x, attrs.padsBegin, padsEnd, to.scalar(LEAST, type.dtype));
  return { x: padded, windows: { ...attrs, padsBegin: none, padsEnd: none }, before: attrs.padsBegin, after: padsEnd };
}

function readMaxPool(node: OnnxNode): Value {
  const { attrs, wide } = readPool(node);
  if (node.outputCount > 1) node.refuse('gives the places of the largest too, which is not supported');
  const x = node.input(0);
  if (!wide) return node.builder.apply('maxPool', [x], attrs);
  return node.builder.apply('maxPool', [padded(x, attrs, LEAST)], unpadded(attrs));
}

export const maxPool: OpRules<'maxPool'> = {
  shape: (inputs, attrs) => [pooledType(onlyInput(inputs), attrs)],
  gradient(node, [dy], _wanted, builder) {
    return [dy ? builder.apply('maxPoolGrad', [dy, node.inputs[0] as Value], node.attrs) : null];
  },
  lower(node, to) {
    const x = node.inputs[0] as Value;
    const counts = spatialOf((node.outputs[0] as Value).type);
    const { attrs } = node;
    const blocks = isStatic(counts) ? blocksAtHand(to, x) : undefined;
    if (blocks !== undefined) {
      const ready = poolable(to, blocks, x.type, counts as readonly number[], attrs);
      if (ready.x === blocks) {
        const y = to.emit(`${BLOCKED}.MaxPool`, [blocks], onnxWindows(ready.windows, attrs.kernel));
        return [fromBlocks(to, y, x.type.shape[1] as number)];
      }
    }
    if (isStatic(counts) && isStatic(spatialOf(x.type))) {
      const ready = poolable(to, to.name(x), x.type, counts, attrs);
      return [to.emit('MaxPool', [ready.x], onnxWindows(ready.windows, attrs.kernel))];
    }
    return [to.emit('MaxPool', [to.name(x)], { ...onnxWindows(attrs, attrs.kernel), ceil_mode: attrs.ceilMode ? 1 : 0 })];
  },
  read: { MaxPool: readMaxPool },
  cost: costOf,
};
