/** The static sizes that the lowerings of a weight's gradient speak of. */
import type { Node, Value } from '../ir/graph.ts';
import { staticShape } from './shapes.ts';
import { reach } from './windows.ts';

export type WeightGrad = Node<'convWeightGrad'>;

/** The static sizes that all lowerings of a weight's gradient speak of. */
export interface Sizes {
  readonly N: number;
  readonly C: number;
  readonly K: number;
  /** Of the input. */
  readonly spatial: readonly number[];
  /** Of dy. */
  readonly windows: readonly number[];
  readonly kernel: readonly number[];
  /** Elements of the kernel. */
  readonly taps: number;
  /** Elements of dy in one channel. */
  readonly positions: number;
  /** Padding after the input on each axis, or input unseen when negative. */
  readonly after: readonly number[];
  readonly groups: number;
  /** Numbers of the spatial axes. */
  readonly axes: readonly number[];
}

export function sizesOf({ inputs, attrs }: WeightGrad): Sizes {
  const [x, dy] = inputs as readonly [Value, Value];
  const [N, C, ...spatial] = staticShape(x.type.shape, 'the gradient of a weight') as [number, number, ...number[]];
  const [, K, ...windows] = staticShape(dy.type.shape, 'the gradient of a weight') as [number, number, ...number[]];
  const kernel = attrs.kernelShape;
  const taps = kernel.reduce((a, b) => a * b, 1);
  const positions = windows.reduce((a, b) => a * b, 1);
  /** How many elements all windows span, less the padding before them and the input: padding after it, or unseen when negative. */
  const after = windows.map((count, i) => {
    const span = (count - 1) * (attrs.strides[i] as number) + reach(kernel[i] as number, attrs.dilations[i] as number);
    return span - (attrs.padsBegin[i] as number) - (spatial[i] as number);
  });
  return { N, C, K, spatial, windows, kernel, taps, positions, after, groups: attrs.groups, axes: kernel.map((_, i) => i + 2) };
}
