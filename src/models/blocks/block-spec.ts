/** One stage of a network as data: what a block string says, and what scaling and search change. */

/** What block strings, and networks made of them, name the activations. */
export type ActivationName = 'relu' | 'relu6' | 'hardswish' | 'silu';

/**
 * - `ir`: inverted residual. A 1x1 convolution to the hidden channels, a depthwise one, perhaps squeeze-and-excitation, a 1x1
 *   projection (Sandler et al. 2018, arXiv 1801.04381; MBConv of EfficientNet).
 * - `ds`: depthwise separable. The same without the first convolution (Howard et al. 2017, arXiv 1704.04861).
 * - `er`: edge or fused inverted residual. One dense convolution to the hidden channels in place of the first two (FusedMBConv of
 *   EfficientNetV2, arXiv 2104.00298).
 * - `cn`: one dense convolution with normalization and activation.
 */
export type BlockType = 'ir' | 'ds' | 'er' | 'cn';

/** Equal blocks in a row, of which the first strides and changes the channels. */
export interface BlockSpec {
  readonly type: BlockType;
  readonly repeats: number;
  /** Side of the kernel of the depthwise or dense convolution; odd, so that borders keep the size. */
  readonly kernel: number;
  readonly stride: number;
  /** Of the same convolution; 1 when left out. */
  readonly dilation?: number;
  /** Hidden channels per input channel, rounded to a multiple of 8. `ir` and `er` have this or `hidden`. */
  readonly expand?: number;
  /** Hidden channels as a number. */
  readonly hidden?: number;
  /** Output channels. */
  readonly channels: number;
  /** Squeeze-and-excitation, in `ir` and `ds`: squeezed channels per input channel, or per hidden one where the network says so. */
  readonly se?: number;
  /** In place of the network's. */
  readonly activation?: ActivationName;
  /** Whether the input is added to the output where shapes are the same; when left out it is, but not in `cn`. */
  readonly skip?: boolean;
}
