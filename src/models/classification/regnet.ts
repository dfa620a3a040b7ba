/** RegNetX and RegNetY: networks whose widths and depths follow from a line. */
import { checkKeys } from '../../base/errors.ts';
import { roundHalfEven } from '../../base/rounding.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { add, flatten, relu } from '../../nn/functional.ts';
import { kaimingNormal, normal } from '../../nn/init.ts';
import { setInitializers } from '../../nn/initialize-layers.ts';
import { AdaptiveAvgPool2d } from '../../nn/layers/adaptive-avg-pool.ts';
import type { NormOptions } from '../../nn/layers/batch-norm.ts';
import { Conv2d } from '../../nn/layers/conv.ts';
import { Conv2dNormActivation } from '../../nn/layers/conv-norm-activation.ts';
import { Linear } from '../../nn/layers/linear.ts';
import { Sequential } from '../../nn/layers/sequential.ts';
import { SqueezeExcitation } from '../../nn/layers/squeeze-excitation.ts';
import { Module, namedModules } from '../../nn/module.ts';
import { type RegNetConfig, regNetStages } from './regnet/stages.ts';

export interface RegNetOptions {
  /** Outputs of the classifier; default 1000. */
  readonly numClasses?: number;
  /** Channels of the input picture; default 3. */
  readonly inChannels?: number;
  /** Settings of every batch normalization; default { eps: 1e-5, momentum: 0.1 }. */
  readonly norm?: NormOptions;
}

/** Channels of the first convolution. */
const stemWidth = 32;

/** What a block needs to be built. */
interface BlockOptions {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly stride: number;
  readonly groupWidth: number;
  readonly seRatio: number | undefined;
  readonly norm: NormOptions;
}

/** ReLU of x + f(x), with f of 1x1, grouped 3x3 and 1x1 convolutions, in RegNetY with squeeze-and-excitation before the last. */
export class ResBottleneckBlock extends Module {
  /** Brings x to the shape of f(x) where it has another. */
  readonly proj: Conv2dNormActivation | undefined;
  readonly f: Sequential;

  constructor({ inChannels, outChannels, stride, groupWidth, seRatio, norm }: BlockOptions) {
    super();
    const linear = { kernelSize: 1, norm, activation: false } as const;
    this.proj =
      inChannels !== outChannels || stride !== 1
        ? new Conv2dNormActivation(inChannels, outChannels, { ...linear, stride })
        : undefined;
    this.f = new Sequential({
      a: new Conv2dNormActivation(inChannels, outChannels, { kernelSize: 1, norm }),
      b: new Conv2dNormActivation(outChannels, outChannels, { stride, groups: outChannels / groupWidth, norm }),
      ...(seRatio === undefined ? {} : { se: new SqueezeExcitation(outChannels, roundHalfEven(seRatio * inChannels)) }),
      c: new Conv2dNormActivation(outChannels, outChannels, linear),
    });
  }

  protected override forward(x: Value): Value {
    return relu(add(this.proj ? this.proj.call(x) : x, this.f.call(x)));
  }
}

/** Stages of grouped bottlenecks: [N, inChannels, H, W] to logits [N, numClasses]. */
export class RegNet extends Module {
  readonly stem: Conv2dNormActivation;
  readonly trunk_output: Sequential;
  readonly avgpool: AdaptiveAvgPool2d;
  readonly fc: Linear;

  constructor(config: RegNetConfig, options: RegNetOptions = {}) {
    super();
    checkKeys('regnet', options, ['numClasses', 'inChannels', 'norm']);
    const { numClasses = 1000, inChannels = 3, norm = {} } = options;
    this.stem = new Conv2dNormActivation(inChannels, stemWidth, { stride: 2, norm });
    let channels = stemWidth;
    const stages = regNetStages(config).map(({ depth, width, groupWidth }, stage) => {
      const blocks = Array.from({ length: depth }, (_, i) => {
        const [before, stride] = i === 0 ? ([channels, 2] as const) : ([width, 1] as const);
        const shape = { inChannels: before, outChannels: width, stride, groupWidth };
        return [`block${stage + 1}-${i}`, new ResBottleneckBlock({ ...shape, seRatio: config.seRatio, norm })] as const;
      });
      channels = width;
      return [`block${stage + 1}`, new Sequential(Object.fromEntries(blocks))] as const;
    });
    this.trunk_output = new Sequential(Object.fromEntries(stages));
    this.avgpool = new AdaptiveAvgPool2d(1);
    this.fc = new Linear(channels, numClasses);
    setInitializers(this, { linear: normal(0, 0.01) });
    // Biases, which squeeze-and-excitation alone has, keep torch's default, as in torchvision.
    for (const [, module] of namedModules(this)) if (module instanceof Conv2d) module.weight.init = kaimingNormal('fanOut');
  }

  protected override forward(x: Value): Value {
    return this.fc.call(flatten(this.avgpool.call(this.trunk_output.call(this.stem.call(x))), 1));
  }
}

/** RegNetX of 0.4 billion multiply-adds (Radosavovic et al. 2020, arXiv 2003.13678, figure 16). */
export function regnet_x_400mf(options: RegNetOptions = {}): RegNet {
  return new RegNet({ depth: 22, initialWidth: 24, slope: 24.48, step: 2.54, groupWidth: 16 }, options);
}

/** RegNetX of 0.8 billion multiply-adds. */
export function regnet_x_800mf(options: RegNetOptions = {}): RegNet {
  return new RegNet({ depth: 16, initialWidth: 56, slope: 35.73, step: 2.28, groupWidth: 16 }, options);
}

/** RegNetX of 1.6 billion multiply-adds. */
export function regnet_x_1_6gf(options: RegNetOptions = {}): RegNet {
  return new RegNet({ depth: 18, initialWidth: 80, slope: 34.01, step: 2.25, groupWidth: 24 }, options);
}

/** RegNetX of 3.2 billion multiply-adds. */
export function regnet_x_3_2gf(options: RegNetOptions = {}): RegNet {
  return new RegNet({ depth: 25, initialWidth: 88, slope: 26.31, step: 2.25, groupWidth: 48 }, options);
}

/** RegNetX of 8 billion multiply-adds. */
export function regnet_x_8gf(options: RegNetOptions = {}): RegNet {
  return new RegNet({ depth: 23, initialWidth: 80, slope: 49.56, step: 2.88, groupWidth: 120 }, options);
}

/** RegNetX of 16 billion multiply-adds. */
export function regnet_x_16gf(options: RegNetOptions = {}): RegNet {
  return new RegNet({ depth: 22, initialWidth: 216, slope: 55.59, step: 2.1, groupWidth: 128 }, options);
}

/** RegNetX of 32 billion multiply-adds. */
export function regnet_x_32gf(options: RegNetOptions = {}): RegNet {
  return new RegNet({ depth: 23, initialWidth: 320, slope: 69.86, step: 2, groupWidth: 168 }, options);
}

/** RegNetY, which has squeeze-and-excitation, of 0.4 billion multiply-adds (figure 17 of the paper). */
export function regnet_y_400mf(options: RegNetOptions = {}): RegNet {
  return new RegNet({ depth: 16, initialWidth: 48, slope: 27.89, step: 2.09, groupWidth: 8, seRatio: 0.25 }, options);
}

/** RegNetY of 0.8 billion multiply-adds. */
export function regnet_y_800mf(options: RegNetOptions = {}): RegNet {
  return new RegNet({ depth: 14, initialWidth: 56, slope: 38.84, step: 2.4, groupWidth: 16, seRatio: 0.25 }, options);
}

/** RegNetY of 1.6 billion multiply-adds. */
export function regnet_y_1_6gf(options: RegNetOptions = {}): RegNet {
  return new RegNet({ depth: 27, initialWidth: 48, slope: 20.71, step: 2.65, groupWidth: 24, seRatio: 0.25 }, options);
}

/** RegNetY of 3.2 billion multiply-adds. */
export function regnet_y_3_2gf(options: RegNetOptions = {}): RegNet {
  return new RegNet({ depth: 21, initialWidth: 80, slope: 42.63, step: 2.66, groupWidth: 24, seRatio: 0.25 }, options);
}

/** RegNetY of 8 billion multiply-adds. */
export function regnet_y_8gf(options: RegNetOptions = {}): RegNet {
  return new RegNet({ depth: 17, initialWidth: 192, slope: 76.82, step: 2.19, groupWidth: 56, seRatio: 0.25 }, options);
}

/** RegNetY of 16 billion multiply-adds. */
export function regnet_y_16gf(options: RegNetOptions = {}): RegNet {
  return new RegNet({ depth: 18, initialWidth: 200, slope: 106.23, step: 2.48, groupWidth: 112, seRatio: 0.25 }, options);
}

/** RegNetY of 32 billion multiply-adds. */
export function regnet_y_32gf(options: RegNetOptions = {}): RegNet {
  return new RegNet({ depth: 20, initialWidth: 232, slope: 115.89, step: 2.53, groupWidth: 232, seRatio: 0.25 }, options);
}

/** RegNetY of 128 billion multiply-adds: 645 million parameters. */
export function regnet_y_128gf(options: RegNetOptions = {}): RegNet {
  return new RegNet({ depth: 27, initialWidth: 456, slope: 160.83, step: 2.52, groupWidth: 264, seRatio: 0.25 }, options);
}
