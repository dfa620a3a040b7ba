/** ConvNeXt tiny, small, base and large. */
import { checkKeys } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { add, mul } from '../../nn/functional.ts';
import { constant, truncatedNormal } from '../../nn/init.ts';
import { setInitializers } from '../../nn/initialize-layers.ts';
import { AdaptiveAvgPool2d } from '../../nn/layers/adaptive-avg-pool.ts';
import { Conv2d } from '../../nn/layers/conv.ts';
import { Flatten } from '../../nn/layers/flatten.ts';
import { GELU } from '../../nn/layers/gelu.ts';
import { LayerNorm, LayerNorm2d } from '../../nn/layers/layer-norm.ts';
import { Linear } from '../../nn/layers/linear.ts';
import { Permute } from '../../nn/layers/permute.ts';
import { Sequential } from '../../nn/layers/sequential.ts';
import { StochasticDepth } from '../../nn/layers/stochastic-depth.ts';
import { Module } from '../../nn/module.ts';
import { Parameter } from '../../nn/parameter.ts';
import { traceOf } from '../../nn/trace-context.ts';

export interface ConvNeXtOptions {
  /** Outputs of the classifier; default 1000. */
  readonly numClasses?: number;
  /** Channels of the input picture; default 3. */
  readonly inChannels?: number;
  /** Probability of dropping the last residual branch, rising linearly from 0 at the first; default the variant's own, 0.1 to 0.5. */
  readonly stochasticDepthProb?: number;
  /** What the channels of every branch are multiplied by at first; default 1e-6. */
  readonly layerScale?: number;
}

/** What tells one variant from another. */
export interface ConvNeXtConfig {
  /** Channels of the four stages. */
  readonly channels: readonly [number, number, number, number];
  /** Blocks of the four stages. */
  readonly blocks: readonly [number, number, number, number];
  readonly stochasticDepthProb: number;
}

const norm = { eps: 1e-6 };

/** 7x7 depthwise convolution and two linear layers, wide between, scaled by channel, beside a shortcut (figure 4 of the paper). */
export class CNBlock extends Module {
  /** [channels, 1, 1]. */
  readonly layer_scale: Parameter;
  readonly block: Sequential;
  readonly stochastic_depth: StochasticDepth;

  constructor(channels: number, layerScale: number, dropProb: number) {
    super();
    this.layer_scale = new Parameter([channels, 1, 1], { init: constant(layerScale) });
    this.block = new Sequential(
      new Conv2d(channels, channels, 7, { padding: 3, groups: channels }),
      new Permute([0, 2, 3, 1]),
      new LayerNorm(channels, norm),
      new Linear(channels, 4 * channels),
      new GELU(),
      new Linear(4 * channels, channels),
      new Permute([0, 3, 1, 2]),
    );
    this.stochastic_depth = new StochasticDepth({ p: dropProb, mode: 'row' });
  }

  protected override forward(x: Value): Value {
    const branch = mul(traceOf(x).of(this.layer_scale), this.block.call(x));
    return add(this.stochastic_depth.call(branch), x);
  }
}

/** A ResNet brought to the design of vision transformers, of convolutions alone: [N, inChannels, H, W] to logits [N, numClasses]. */
export class ConvNeXt extends Module {
  readonly features: Sequential;
  readonly avgpool: AdaptiveAvgPool2d;
  readonly classifier: Sequential;

  constructor(config: ConvNeXtConfig, options: ConvNeXtOptions = {}) {
    super();
    checkKeys('convnext', options, ['numClasses', 'inChannels', 'stochasticDepthProb', 'layerScale']);
    const { numClasses = 1000, inChannels = 3, layerScale = 1e-6 } = options;
    const { stochasticDepthProb = config.stochasticDepthProb } = options;
    const last = Math.max(1, config.blocks.reduce((sum, count) => sum + count, 0) - 1);
    let before = 0;
    let channels = config.channels[0];
    const layers: Module[] = [
      new Sequential(new Conv2d(inChannels, channels, 4, { stride: 4 }), new LayerNorm2d(channels, norm)),
    ];
    config.channels.forEach((width, stage) => {
      if (stage > 0) {
        layers.push(new Sequential(new LayerNorm2d(channels, norm), new Conv2d(channels, width, 2, { stride: 2 })));
      }
      channels = width;
      const blocks = Array.from(
        { length: config.blocks[stage] ?? 0 },
        () => new CNBlock(width, layerScale, (stochasticDepthProb * before++) / last),
      );
      layers.push(new Sequential(...blocks));
    });
    this.features = new Sequential(...layers);
    this.avgpool = new AdaptiveAvgPool2d(1);
    this.classifier = new Sequential(new LayerNorm2d(channels, norm), new Flatten(), new Linear(channels, numClasses));
    // torch cuts its normal values off at ±2 whatever the deviation: here that is 100 deviations.
    const initializer = truncatedNormal(0, 0.02, -2, 2);
    setInitializers(this, { conv: initializer, linear: initializer });
  }

  protected override forward(x: Value): Value {
    return this.classifier.call(this.avgpool.call(this.features.call(x)));
  }
}

/** ConvNeXt-T (Liu et al. 2022, arXiv 2201.03545). Pictures of at least 32x32. */
export function convnext_tiny(options: ConvNeXtOptions = {}): ConvNeXt {
  return new ConvNeXt({ channels: [96, 192, 384, 768], blocks: [3, 3, 9, 3], stochasticDepthProb: 0.1 }, options);
}

/** ConvNeXt-S. */
export function convnext_small(options: ConvNeXtOptions = {}): ConvNeXt {
  return new ConvNeXt({ channels: [96, 192, 384, 768], blocks: [3, 3, 27, 3], stochasticDepthProb: 0.4 }, options);
}

/** ConvNeXt-B. */
export function convnext_base(options: ConvNeXtOptions = {}): ConvNeXt {
  return new ConvNeXt({ channels: [128, 256, 512, 1024], blocks: [3, 3, 27, 3], stochasticDepthProb: 0.5 }, options);
}

/** ConvNeXt-L. */
export function convnext_large(options: ConvNeXtOptions = {}): ConvNeXt {
  return new ConvNeXt({ channels: [192, 384, 768, 1536], blocks: [3, 3, 27, 3], stochasticDepthProb: 0.5 }, options);
}
