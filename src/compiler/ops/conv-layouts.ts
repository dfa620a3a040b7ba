/**
 * Other layouts in which ONNX Runtime's CPU back end runs dense convolutions faster than in the plain one (docs/lowerings.md):
 * blocked, where pictures are large, and folded, where they are small.
 *
 * Folded, [N, C, ..., W] becomes the single picture [1, C, ..., W · N], pictures innermost: neighbouring elements lie N apart, so
 * dilations and padding along the last axis are N times those of the plain layout, and one product takes all pictures at once.
 */
import type { TensorType } from '../ir/graph.ts';
import { blockSize } from './blocked.ts';
import type { Lowering } from './rules.ts';
import type { ConvAttrs, WindowAttrs } from './windows.ts';

/** Rows shorter than this spend their time on padding in the blocked layout. */
const SHORT_ROW = 4;
/** Below this many positions of all pictures reordering the weight costs more than the blocked layout gains. */
const FEW_POSITIONS = 1024;
/** Pictures of more positions than this gain nothing from being folded. */
const LARGE_PICTURE = 256;

const product = (numbers: readonly number[]): number => numbers.reduce((a, b) => a * b, 1);

/** How wide ONNX Runtime's convolution makes its slices of so many columns; how it sums depends on that. */
function sliceWidth(columns: number): number {
  let width = 128;
  while (width > 16 && width / 2 >= columns) width /= 2;
  return width;
}

/**
 * True when a convolution of one picture, a product of so many rows and columns, sums alike with one thread and with two: threads
 * share its columns by sixteens, or its rows where there are more of these.
 */
export function sameForTwoThreads(rows: number, columns: number): boolean {
  const share = Math.ceil(columns / 2 / 16) * 16;
  const shares = rows > columns ? [] : [share, columns - share];
  return shares.every((part) => sliceWidth(part) === sliceWidth(columns));
}

/** True for channels that fill their blocks but for a quarter at most. ONNX Runtime reorders channels by fours. */
function fillsBlocks(channels: number, block: number): boolean {
  return channels % 4 === 0 && Math.ceil(channels / block) * block * 3 <= channels * 4;
}

/** What decides how a dense convolution runs: its channels and the type of what it gives. */
export interface DenseConv {
  readonly channels: number;
  readonly y: TensorType;
  readonly kernel: readonly number[];
  readonly attrs: ConvAttrs;
}

/** The layout for a convolution; `turned` is one that goes the way back, and `y` the input's gradient. */
export function denseLayout(
  to: Lowering,
  { channels, y, kernel, attrs }: DenseConv,
  turned = false,
): 'plain' | 'blocked' | 'folded' {
  const [N, K, ...windows] = y.shape;
  const fixed = windows.every((count) => typeof count === 'number') && typeof N === 'number' && typeof K === 'number';
  if (to.target !== 'cpu' || !to.weightsFed || attrs.groups > 1 || !fixed) return 'plain';
  const positions = product(windows as readonly number[]);
  const row = windows.at(-1) as number;
  const block = y.dtype === 'float32' && kernel.length === 2 ? blockSize(to) : 0;
  const fits = block > 1 && fillsBlocks(K, block) && (fillsBlocks(channels, block) || (channels < block && !turned));
  const unit = attrs.strides.at(-1) === 1;
  // The way back would reorder the weight in the plain layout too, and through a stride it is slow there.
  const large = turned || product(kernel) === 1 || N * positions >= FEW_POSITIONS;
  if (fits && large && (row >= SHORT_ROW || (turned && !unit))) return 'blocked';
  const folds = unit && N > 1 && positions <= LARGE_PICTURE && sameForTwoThreads(K, N * positions);
  return folds ? 'folded' : 'plain';
}

/** [N, C, ..., W] as [1, C, ..., W · N]. */
export function fold(to: Lowering, name: string, [N, C, ...spatial]: readonly number[]): string {
  const pictures = to.emit('Reshape', [name, to.ints([N as number, -1])]);
  const innermost = to.emit('Transpose', [pictures], { perm: [1, 0] });
  const last = (spatial.at(-1) as number) * (N as number);
  return to.emit('Reshape', [innermost, to.ints([1, C as number, ...spatial.slice(0, -1), last])]);
}

/** The way back to [N, C, ..., W]. */
export function unfold(to: Lowering, name: string, shape: readonly number[]): string {
  const innermost = to.emit('Reshape', [name, to.ints([-1, shape[0] as number])]);
  const pictures = to.emit('Transpose', [innermost], { perm: [1, 0] });
  return to.emit('Reshape', [pictures, to.ints(shape)]);
}

/** How windows slide over folded pictures. */
export function foldedWindows(attrs: WindowAttrs, N: number): WindowAttrs {
  const last = attrs.strides.length - 1;
  const far = (list: readonly number[]): readonly number[] => list.map((n, i) => (i === last ? n * N : n));
  return {
    strides: attrs.strides,
    padsBegin: far(attrs.padsBegin),
    padsEnd: far(attrs.padsEnd),
    dilations: far(attrs.dilations),
  };
}
