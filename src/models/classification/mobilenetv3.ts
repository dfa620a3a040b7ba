/** MobileNetV3 large and small. */
import { checkKeys } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { add, flatten } from '../../nn/functional.ts';
import { kaimingNormal, normal } from '../../nn/init.ts';
import { setInitializers } from '../../nn/initialize-layers.ts';
import { AdaptiveAvgPool2d } from '../../nn/layers/adaptive-avg-pool.ts';
import type { NormOptions } from '../../nn/layers/batch-norm.ts';
import { Conv2dNormActivation } from '../../nn/layers/conv-norm-activation.ts';
import { Dropout } from '../../nn/layers/dropout.ts';
import { Hardsigmoid } from '../../nn/layers/hardsigmoid.ts';
import { Hardswish } from '../../nn/layers/hardswish.ts';
import { Linear } from '../../nn/layers/linear.ts';
import { ReLU } from '../../nn/layers/relu.ts';
import { Sequential } from '../../nn/layers/sequential.ts';
import { SqueezeExcitation } from '../../nn/layers/squeeze-excitation.ts';
import { Module } from '../../nn/module.ts';
import { makeDivisible } from '../compound-scaling.ts';

/** One row of the architecture's table: a block, which takes what the row above gives. */
export interface MobileNetV3Row {
  readonly kernel: number;
  /** Channels inside the block ("exp size" in the paper). */
  readonly expanded: number;
  readonly outChannels: number;
  /** Whether channels are weighted by squeeze-and-excitation. */
  readonly se: boolean;
  /** The paper's RE and HS. */
  readonly activation: 'relu' | 'hardswish';
  readonly stride: number;
}

/** An architecture as data, with the channels of width 1. */
export interface MobileNetV3Table {
  /** Channels of the 3x3 convolution before the blocks. */
  readonly stemChannels: number;
  readonly rows: readonly MobileNetV3Row[];
  /** The row that strides last: from it on channels can be halved and kernels dilated. */
  readonly tail: number;
  /** Outputs of the first linear layer. */
  readonly lastChannels: number;
}

/** MobileNetV3-Large (Howard et al. 2019, arXiv 1905.02244, table 1). */
export const mobileNetV3Large: MobileNetV3Table = {
  stemChannels: 16,
  rows: [
    { kernel: 3, expanded: 16, outChannels: 16, se: false, activation: 'relu', stride: 1 },
    { kernel: 3, expanded: 64, outChannels: 24, se: false, activation: 'relu', stride: 2 },
    { kernel: 3, expanded: 72, outChannels: 24, se: false, activation: 'relu', stride: 1 },
    { kernel: 5, expanded: 72, outChannels: 40, se: true, activation: 'relu', stride: 2 },
    { kernel: 5, expanded: 120, outChannels: 40, se: true, activation: 'relu', stride: 1 },
    { kernel: 5, expanded: 120, outChannels: 40, se: true, activation: 'relu', stride: 1 },
    { kernel: 3, expanded: 240, outChannels: 80, se: false, activation: 'hardswish', stride: 2 },
    { kernel: 3, expanded: 200, outChannels: 80, se: false, activation: 'hardswish', stride: 1 },
    { kernel: 3, expanded: 184, outChannels: 80, se: false, activation: 'hardswish', stride: 1 },
    { kernel: 3, expanded: 184, outChannels: 80, se: false, activation: 'hardswish', stride: 1 },
    { kernel: 3, expanded: 480, outChannels: 112, se: true, activation: 'hardswish', stride: 1 },
    { kernel: 3, expanded: 672, outChannels: 112, se: true, activation: 'hardswish', stride: 1 },
    { kernel: 5, expanded: 672, outChannels: 160, se: true, activation: 'hardswish', stride: 2 },
    { kernel: 5, expanded: 960, outChannels: 160, se: true, activation: 'hardswish', stride: 1 },
    { kernel: 5, expanded: 960, outChannels: 160, se: true, activation: 'hardswish', stride: 1 },
  ],
  tail: 12,
  lastChannels: 1280,
};

/** MobileNetV3-Small (the same paper, table 2). */
export const mobileNetV3Small: MobileNetV3Table = {
  stemChannels: 16,
  rows: [
    { kernel: 3, expanded: 16, outChannels: 16, se: true, activation: 'relu', stride: 2 },
    { kernel: 3, expanded: 72, outChannels: 24, se: false, activation: 'relu', stride: 2 },
    { kernel: 3, expanded: 88, outChannels: 24, se: false, activation: 'relu', stride: 1 },
    { kernel: 5, expanded: 96, outChannels: 40, se: true, activation: 'hardswish', stride: 2 },
    { kernel: 5, expanded: 240, outChannels: 40, se: true, activation: 'hardswish', stride: 1 },
    { kernel: 5, expanded: 240, outChannels: 40, se: true, activation: 'hardswish', stride: 1 },
    { kernel: 5, expanded: 120, outChannels: 48, se: true, activation: 'hardswish', stride: 1 },
    { kernel: 5, expanded: 144, outChannels: 48, se: true, activation: 'hardswish', stride: 1 },
    { kernel: 5, expanded: 288, outChannels: 96, se: true, activation: 'hardswish', stride: 2 },
    { kernel: 5, expanded: 576, outChannels: 96, se: true, activation: 'hardswish', stride: 1 },
    { kernel: 5, expanded: 576, outChannels: 96, se: true, activation: 'hardswish', stride: 1 },
  ],
  tail: 8,
  lastChannels: 1024,
};

export interface MobileNetV3Options {
  /** Outputs of the classifier; default 1000. */
  readonly numClasses?: number;
  /** Channels of the input picture; default 3. */
  readonly inChannels?: number;
  /** Dropout before the last linear layer; default 0.2. */
  readonly dropout?: number;
  /** Settings of every batch normalization; default { eps: 1e-3, momentum: 0.01 }. */
  readonly norm?: NormOptions;
  /** Multiplies the channels of every layer; default 1. */
  readonly widthMult?: number;
  /** Halves the channels of the blocks after the last stride, as for segmentation (section 6.4 of the paper); default false. */
  readonly reducedTail?: boolean;
  /** Dilates those blocks' kernels by 2 instead of striding; default false. */
  readonly dilated?: boolean;
}

const optionKeys: readonly string[] = ['numClasses', 'inChannels', 'dropout', 'norm', 'widthMult', 'reducedTail', 'dilated'];

const hardswish = (): Hardswish => new Hardswish();

/** Expansion, depthwise convolution, perhaps squeeze-and-excitation, and projection, beside a shortcut where shapes allow. */
export class InvertedResidual extends Module {
  readonly block: Sequential;
  readonly residual: boolean;

  /** With a `dilation` above 1 the depthwise kernel is dilated by it and does not stride. */
  constructor(inChannels: number, row: MobileNetV3Row, dilation: number, norm: NormOptions = {}) {
    super();
    const { kernel: kernelSize, expanded, outChannels } = row;
    const activation = row.activation === 'hardswish' ? hardswish : () => new ReLU();
    const stride = dilation > 1 ? 1 : row.stride;
    const layers: Module[] = [];
    if (expanded !== inChannels) layers.push(new Conv2dNormActivation(inChannels, expanded, { kernelSize: 1, norm, activation }));
    layers.push(
      new Conv2dNormActivation(expanded, expanded, { kernelSize, stride, dilation, groups: expanded, norm, activation }),
    );
    if (row.se) {
      const squeezed = makeDivisible(Math.floor(expanded / 4));
      layers.push(new SqueezeExcitation(expanded, squeezed, { scaleActivation: () => new Hardsigmoid() }));
    }
    layers.push(new Conv2dNormActivation(expanded, outChannels, { kernelSize: 1, norm, activation: false }));
    this.block = new Sequential(...layers);
    this.residual = row.stride === 1 && inChannels === outChannels;
  }

  protected override forward(x: Value): Value {
    const branch = this.block.call(x);
    return this.residual ? add(branch, x) : branch;
  }
}

/** A table at another width, with the channels of its tail divided by `divider`. */
function scaleTable(base: MobileNetV3Table, width: number, divider: number): MobileNetV3Table {
  const scale = (channels: number, by: number): number => makeDivisible(Math.floor(channels / by) * width);
  return {
    stemChannels: scale(base.stemChannels, 1),
    rows: base.rows.map((row, i) => ({
      ...row,
      // The tail's first block still expands what comes before the tail.
      expanded: scale(row.expanded, i > base.tail ? divider : 1),
      outChannels: scale(row.outChannels, i >= base.tail ? divider : 1),
    })),
    tail: base.tail,
    lastChannels: scale(base.lastChannels, divider),
  };
}

/** Inverted residuals with hard-swish and squeeze-and-excitation: [N, inChannels, H, W] to logits [N, numClasses]. */
export class MobileNetV3 extends Module {
  readonly features: Sequential;
  readonly avgpool: AdaptiveAvgPool2d;
  readonly classifier: Sequential;

  constructor(table: MobileNetV3Table, options: MobileNetV3Options = {}) {
    super();
    checkKeys('mobilenet_v3', options, optionKeys);
    const { numClasses = 1000, inChannels = 3, dropout = 0.2, widthMult = 1, reducedTail = false, dilated = false } = options;
    const norm = { eps: 1e-3, momentum: 0.01, ...options.norm };
    const { stemChannels, rows, tail, lastChannels } = scaleTable(table, widthMult, reducedTail ? 2 : 1);
    let channels = stemChannels;
    const blocks = rows.map((row, i) => {
      const block = new InvertedResidual(channels, row, dilated && i >= tail ? 2 : 1, norm);
      channels = row.outChannels;
      return block;
    });
    this.features = new Sequential(
      new Conv2dNormActivation(inChannels, stemChannels, { stride: 2, norm, activation: hardswish }),
      ...blocks,
      new Conv2dNormActivation(channels, 6 * channels, { kernelSize: 1, norm, activation: hardswish }),
    );
    this.avgpool = new AdaptiveAvgPool2d(1);
    this.classifier = new Sequential(
      new Linear(6 * channels, lastChannels),
      new Hardswish(),
      new Dropout({ p: dropout }),
      new Linear(lastChannels, numClasses),
    );
    setInitializers(this, { conv: kaimingNormal('fanOut'), linear: normal(0, 0.01) });
  }

  protected override forward(x: Value): Value {
    return this.classifier.call(flatten(this.avgpool.call(this.features.call(x)), 1));
  }
}

/** MobileNetV3-Large (Howard et al. 2019, arXiv 1905.02244). */
export function mobilenet_v3_large(options: MobileNetV3Options = {}): MobileNetV3 {
  return new MobileNetV3(mobileNetV3Large, options);
}

/** MobileNetV3-Small. */
export function mobilenet_v3_small(options: MobileNetV3Options = {}): MobileNetV3 {
  return new MobileNetV3(mobileNetV3Small, options);
}
