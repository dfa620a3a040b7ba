/** EfficientNet B0 to B7, which follow from B0's table by compound scaling, EfficientNetV2 S, M and L, and a mini for small pictures. */
import { checkKeys, OcelliError } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { flatten } from '../../nn/functional.ts';
import { kaimingNormal, uniformByOutputs } from '../../nn/init.ts';
import { setInitializers } from '../../nn/initialize-layers.ts';
import { AdaptiveAvgPool2d } from '../../nn/layers/adaptive-avg-pool.ts';
import type { NormOptions } from '../../nn/layers/batch-norm.ts';
import { Conv2dNormActivation } from '../../nn/layers/conv-norm-activation.ts';
import { Dropout } from '../../nn/layers/dropout.ts';
import { Linear } from '../../nn/layers/linear.ts';
import { Sequential } from '../../nn/layers/sequential.ts';
import { SiLU } from '../../nn/layers/silu.ts';
import { Module } from '../../nn/module.ts';
import { roundFilters, roundRepeats, type ScalingCoefficients } from '../compound-scaling.ts';
import { makeStage } from './efficientnet/blocks.ts';
import {
  type EfficientNetTable,
  efficientNetB0,
  efficientNetMini,
  efficientNetV2L,
  efficientNetV2M,
  efficientNetV2S,
  efficientNetVariants,
  torchNorm,
} from './efficientnet/tables.ts';

export interface EfficientNetOptions {
  /** Outputs of the classifier; default 1000. */
  readonly numClasses?: number;
  /** Channels of the input picture; default 3. */
  readonly inChannels?: number;
  /** Dropout before the classifier; default the variant's own, 0.2 to 0.5. */
  readonly dropout?: number;
  /** Probability of dropping the last residual branch, rising linearly from 0 at the first; default 0.2. */
  readonly stochasticDepthProb?: number;
  /** Settings of every batch normalization; default the variant's own. */
  readonly norm?: NormOptions;
}

const optionKeys: readonly string[] = ['numClasses', 'inChannels', 'dropout', 'stochasticDepthProb', 'norm'];

/** An architecture with the settings of its training. */
export interface EfficientNetConfig extends EfficientNetTable {
  readonly dropout: number;
  readonly norm: NormOptions;
}

/** A table at another width and depth: every stage's channels and layers, the stem and the head. */
export function scaleTable(base: EfficientNetTable, by: Pick<ScalingCoefficients, 'width' | 'depth'>): EfficientNetTable {
  return {
    stemStride: base.stemStride,
    stages: base.stages.map((stage) => ({
      ...stage,
      inChannels: roundFilters(stage.inChannels, by.width),
      outChannels: roundFilters(stage.outChannels, by.width),
      layers: roundRepeats(stage.layers, by.depth),
    })),
    headChannels: roundFilters(base.headChannels, by.width),
  };
}

/** An EfficientNet of any table: [N, inChannels, H, W] to logits [N, numClasses]. */
export class EfficientNet extends Module {
  readonly features: Sequential;
  readonly avgpool: AdaptiveAvgPool2d;
  readonly classifier: Sequential;

  constructor(config: EfficientNetConfig, options: EfficientNetOptions = {}) {
    super();
    checkKeys('efficientnet', options, optionKeys);
    const { numClasses = 1000, inChannels = 3, stochasticDepthProb = 0.2 } = options;
    const norm = { ...config.norm, ...options.norm };
    const { stemStride, stages, headChannels } = config;
    const first = stages[0];
    const last = stages.at(-1);
    if (!first || !last) throw new OcelliError('usage', 'efficientnet: the table needs at least one stage');

    const activation = (): SiLU => new SiLU();
    const blocks = stages.reduce((sum, stage) => sum + stage.layers, 0);
    let before = 0;
    const body = stages.map((stage) => {
      const start = before;
      before += stage.layers;
      return makeStage(stage, norm, (layer) => (stochasticDepthProb * (start + layer)) / blocks);
    });
    this.features = new Sequential(
      new Conv2dNormActivation(inChannels, first.inChannels, { stride: stemStride, norm, activation }),
      ...body,
      new Conv2dNormActivation(last.outChannels, headChannels, { kernelSize: 1, norm, activation }),
    );
    this.avgpool = new AdaptiveAvgPool2d(1);
    this.classifier = new Sequential(new Dropout({ p: options.dropout ?? config.dropout }), new Linear(headChannels, numClasses));
    setInitializers(this, { conv: kaimingNormal('fanOut'), linear: uniformByOutputs });
  }

  protected override forward(x: Value): Value {
    return this.classifier.call(flatten(this.avgpool.call(this.features.call(x)), 1));
  }
}

function scaled(variant: keyof typeof efficientNetVariants, options: EfficientNetOptions): EfficientNet {
  const { width, depth, dropout, norm } = efficientNetVariants[variant];
  return new EfficientNet({ ...scaleTable(efficientNetB0, { width, depth }), dropout, norm }, options);
}

/** Batch normalization of V2 has eps 1e-3 and torch's momentum. */
function version2(table: EfficientNetTable, dropout: number, options: EfficientNetOptions): EfficientNet {
  return new EfficientNet({ ...table, dropout, norm: { eps: 1e-3, momentum: 0.1 } }, options);
}

/** EfficientNet-B0. The base network, found by search (arXiv 1905.11946, table 1). */
export function efficientnet_b0(options: EfficientNetOptions = {}): EfficientNet {
  return scaled('b0', options);
}

/** EfficientNet-B1. B0 at width 1.0 and depth 1.1. */
export function efficientnet_b1(options: EfficientNetOptions = {}): EfficientNet {
  return scaled('b1', options);
}

/** EfficientNet-B2. B0 at width 1.1 and depth 1.2. */
export function efficientnet_b2(options: EfficientNetOptions = {}): EfficientNet {
  return scaled('b2', options);
}

/** EfficientNet-B3. B0 at width 1.2 and depth 1.4. */
export function efficientnet_b3(options: EfficientNetOptions = {}): EfficientNet {
  return scaled('b3', options);
}

/** EfficientNet-B4. B0 at width 1.4 and depth 1.8. */
export function efficientnet_b4(options: EfficientNetOptions = {}): EfficientNet {
  return scaled('b4', options);
}

/** EfficientNet-B5. B0 at width 1.6 and depth 2.2. */
export function efficientnet_b5(options: EfficientNetOptions = {}): EfficientNet {
  return scaled('b5', options);
}

/** EfficientNet-B6. B0 at width 1.8 and depth 2.6. */
export function efficientnet_b6(options: EfficientNetOptions = {}): EfficientNet {
  return scaled('b6', options);
}

/** EfficientNet-B7. B0 at width 2.0 and depth 3.1. */
export function efficientnet_b7(options: EfficientNetOptions = {}): EfficientNet {
  return scaled('b7', options);
}

/** EfficientNetV2-S. */
export function efficientnet_v2_s(options: EfficientNetOptions = {}): EfficientNet {
  return version2(efficientNetV2S, 0.2, options);
}

/** EfficientNetV2-M. */
export function efficientnet_v2_m(options: EfficientNetOptions = {}): EfficientNet {
  return version2(efficientNetV2M, 0.3, options);
}

/** EfficientNetV2-L. */
export function efficientnet_v2_l(options: EfficientNetOptions = {}): EfficientNet {
  return version2(efficientNetV2L, 0.4, options);
}

/**
 * A small EfficientNet for pictures of 28 to 64 pixels, with 10 classes unless told otherwise. Ocelli's own, not torchvision's:
 * small enough to train in minutes on a CPU and to ship with the package.
 */
export function efficientnet_mini(options: EfficientNetOptions = {}): EfficientNet {
  return new EfficientNet({ ...efficientNetMini, dropout: 0.2, norm: torchNorm }, { numClasses: 10, ...options });
}
