/** ResNet, ResNeXt and Wide ResNet. */
import { checkKeys, OcelliError } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { add, flatten } from '../../nn/functional.ts';
import { constant, kaimingNormal } from '../../nn/init.ts';
import { setInitializers } from '../../nn/initialize-layers.ts';
import { AdaptiveAvgPool2d } from '../../nn/layers/adaptive-avg-pool.ts';
import { BatchNorm2d, type NormOptions } from '../../nn/layers/batch-norm.ts';
import { Conv2d } from '../../nn/layers/conv.ts';
import { Linear } from '../../nn/layers/linear.ts';
import { MaxPool2d } from '../../nn/layers/max-pool.ts';
import { ReLU } from '../../nn/layers/relu.ts';
import { Sequential } from '../../nn/layers/sequential.ts';
import { Module } from '../../nn/module.ts';

export interface ResNetOptions {
  /** Outputs of the classifier; default 1000. */
  readonly numClasses?: number;
  /** Channels of the input picture; default 3. */
  readonly inChannels?: number;
  /** Settings of every batch normalization; default { eps: 1e-5, momentum: 0.1 }. */
  readonly norm?: NormOptions;
  /**
   * Starts each residual branch at zero, so that a block begins as the identity (Goyal et al. 2017, arXiv 1706.02677,
   * section 5.1); default false.
   */
  readonly zeroInitResidual?: boolean;
  /** Whether layer2, layer3 and layer4 dilate their kernels instead of striding; bottleneck blocks only; default all false. */
  readonly replaceStrideWithDilation?: readonly [boolean, boolean, boolean];
}

const optionKeys: readonly string[] = ['numClasses', 'inChannels', 'norm', 'zeroInitResidual', 'replaceStrideWithDilation'];

/** What tells one network of the family from another. */
export interface ResNetConfig {
  readonly block: 'basic' | 'bottleneck';
  /** Blocks in layer1 to layer4. */
  readonly layers: readonly [number, number, number, number];
  /** Groups of the 3x3 convolutions, "cardinality" in ResNeXt; default 1. */
  readonly groups?: number;
  /** Channels per group at 64 planes: the 3x3 convolutions of a bottleneck have planes · widthPerGroup / 64 · groups; default 64. */
  readonly widthPerGroup?: number;
}

/** What a block needs to be built. */
interface BlockOptions {
  readonly inPlanes: number;
  /** The stage's base number of channels: 64, 128, 256 or 512. */
  readonly planes: number;
  readonly stride: number;
  readonly dilation: number;
  readonly groups: number;
  readonly widthPerGroup: number;
  readonly norm: NormOptions;
}

/** Output channels of a block per plane. */
const expansion = { basic: 1, bottleneck: 4 } as const;

/** 1x1 convolution and norm that bring a block's input to the shape of its output, or undefined when it has it already. */
function shortcut(kind: keyof typeof expansion, { inPlanes, planes, stride, norm }: BlockOptions): Sequential | undefined {
  const outPlanes = planes * expansion[kind];
  if (stride === 1 && inPlanes === outPlanes) return undefined;
  return new Sequential(new Conv2d(inPlanes, outPlanes, 1, { stride, bias: false }), new BatchNorm2d(outPlanes, norm));
}

/** Two 3x3 convolutions beside a shortcut (He et al. 2016, arXiv 1512.03385, figure 5 left). */
export class BasicBlock extends Module {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly relu: ReLU;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly downsample: Sequential | undefined;

  constructor(options: BlockOptions) {
    super();
    const { inPlanes, planes, stride, norm } = options;
    if (options.groups !== 1 || options.widthPerGroup !== 64 || options.dilation !== 1) {
      throw new OcelliError('usage', 'resnet: basic blocks have no groups, widths or dilation; take bottleneck blocks');
    }
    this.conv1 = new Conv2d(inPlanes, planes, 3, { stride, padding: 1, bias: false });
    this.bn1 = new BatchNorm2d(planes, norm);
    this.relu = new ReLU();
    this.conv2 = new Conv2d(planes, planes, 3, { padding: 1, bias: false });
    this.bn2 = new BatchNorm2d(planes, norm);
    this.downsample = shortcut('basic', options);
  }

  /** The normalization that ends the residual branch. */
  get lastNorm(): BatchNorm2d {
    return this.bn2;
  }

  protected override forward(x: Value): Value {
    const inner = this.relu.call(this.bn1.call(this.conv1.call(x)));
    const branch = this.bn2.call(this.conv2.call(inner));
    return this.relu.call(add(branch, this.downsample?.call(x) ?? x));
  }
}

/**
 * 1x1, 3x3 and 1x1 convolutions beside a shortcut (He et al. 2016, figure 5 right; aggregated in groups by Xie et al. 2017,
 * arXiv 1611.05431). The 3x3 convolution carries the stride: "ResNet V1.5".
 */
export class Bottleneck extends Module {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly conv3: Conv2d;
  readonly bn3: BatchNorm2d;
  readonly relu: ReLU;
  readonly downsample: Sequential | undefined;

  constructor(options: BlockOptions) {
    super();
    const { inPlanes, planes, stride, dilation, groups, norm } = options;
    const width = Math.trunc((planes * options.widthPerGroup) / 64) * groups;
    const outPlanes = planes * expansion.bottleneck;
    this.conv1 = new Conv2d(inPlanes, width, 1, { bias: false });
    this.bn1 = new BatchNorm2d(width, norm);
    this.conv2 = new Conv2d(width, width, 3, { stride, padding: dilation, dilation, groups, bias: false });
    this.bn2 = new BatchNorm2d(width, norm);
    this.conv3 = new Conv2d(width, outPlanes, 1, { bias: false });
    this.bn3 = new BatchNorm2d(outPlanes, norm);
    this.relu = new ReLU();
    this.downsample = shortcut('bottleneck', options);
  }

  /** The normalization that ends the residual branch. */
  get lastNorm(): BatchNorm2d {
    return this.bn3;
  }

  protected override forward(x: Value): Value {
    const narrow = this.relu.call(this.bn1.call(this.conv1.call(x)));
    const inner = this.relu.call(this.bn2.call(this.conv2.call(narrow)));
    const branch = this.bn3.call(this.conv3.call(inner));
    return this.relu.call(add(branch, this.downsample?.call(x) ?? x));
  }
}

/** A residual network: [N, inChannels, H, W] to logits [N, numClasses]. */
export class ResNet extends Module {
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly relu: ReLU;
  readonly maxpool: MaxPool2d;
  readonly layer1: Sequential;
  readonly layer2: Sequential;
  readonly layer3: Sequential;
  readonly layer4: Sequential;
  readonly avgpool: AdaptiveAvgPool2d;
  readonly fc: Linear;

  constructor(config: ResNetConfig, options: ResNetOptions = {}) {
    super();
    checkKeys('resnet', options, optionKeys);
    const { numClasses = 1000, inChannels = 3, norm = {}, zeroInitResidual = false } = options;
    const { block, layers, groups = 1, widthPerGroup = 64 } = config;
    const dilate = options.replaceStrideWithDilation ?? [false, false, false];
    this.conv1 = new Conv2d(inChannels, 64, 7, { stride: 2, padding: 3, bias: false });
    this.bn1 = new BatchNorm2d(64, norm);
    this.relu = new ReLU();
    this.maxpool = new MaxPool2d(3, { stride: 2, padding: 1 });

    let inPlanes = 64;
    let dilation = 1;
    const layer = (planes: number, blocks: number, stride: number, dilated: boolean): Sequential => {
      const firstDilation = dilation;
      if (dilated) dilation *= stride;
      const made = Array.from({ length: blocks }, (_, i) => {
        const first = i === 0;
        const blockOptions: BlockOptions = {
          ...{ inPlanes, planes, groups, widthPerGroup, norm },
          stride: first && !dilated ? stride : 1,
          dilation: first ? firstDilation : dilation,
        };
        inPlanes = planes * expansion[block];
        return block === 'basic' ? new BasicBlock(blockOptions) : new Bottleneck(blockOptions);
      });
      return new Sequential(...made);
    };
    this.layer1 = layer(64, layers[0], 1, false);
    this.layer2 = layer(128, layers[1], 2, dilate[0]);
    this.layer3 = layer(256, layers[2], 2, dilate[1]);
    this.layer4 = layer(512, layers[3], 2, dilate[2]);
    this.avgpool = new AdaptiveAvgPool2d(1);
    this.fc = new Linear(inPlanes, numClasses);

    setInitializers(this, { conv: kaimingNormal('fanOut') });
    if (zeroInitResidual) this.#zeroBranches();
  }

  #zeroBranches(): void {
    for (const layer of [this.layer1, this.layer2, this.layer3, this.layer4]) {
      for (const [, block] of layer.children()) {
        if (block instanceof BasicBlock || block instanceof Bottleneck) block.lastNorm.weight.init = constant(0);
      }
    }
  }

  protected override forward(x: Value): Value {
    const stem = this.maxpool.call(this.relu.call(this.bn1.call(this.conv1.call(x))));
    const features = this.layer4.call(this.layer3.call(this.layer2.call(this.layer1.call(stem))));
    return this.fc.call(flatten(this.avgpool.call(features), 1));
  }
}

/** ResNet-18 (He et al. 2016, arXiv 1512.03385, table 1). */
export function resnet18(options: ResNetOptions = {}): ResNet {
  return new ResNet({ block: 'basic', layers: [2, 2, 2, 2] }, options);
}

/** ResNet-34 (He et al. 2016, table 1). */
export function resnet34(options: ResNetOptions = {}): ResNet {
  return new ResNet({ block: 'basic', layers: [3, 4, 6, 3] }, options);
}

/** ResNet-50 (He et al. 2016, table 1), stride in the 3x3 convolutions. */
export function resnet50(options: ResNetOptions = {}): ResNet {
  return new ResNet({ block: 'bottleneck', layers: [3, 4, 6, 3] }, options);
}

/** ResNet-101 (He et al. 2016, table 1), stride in the 3x3 convolutions. */
export function resnet101(options: ResNetOptions = {}): ResNet {
  return new ResNet({ block: 'bottleneck', layers: [3, 4, 23, 3] }, options);
}

/** ResNet-152 (He et al. 2016, table 1), stride in the 3x3 convolutions. */
export function resnet152(options: ResNetOptions = {}): ResNet {
  return new ResNet({ block: 'bottleneck', layers: [3, 8, 36, 3] }, options);
}

/** ResNeXt-50 of 32 groups, 4 channels each (Xie et al. 2017, arXiv 1611.05431, table 1). */
export function resnext50_32x4d(options: ResNetOptions = {}): ResNet {
  return new ResNet({ block: 'bottleneck', layers: [3, 4, 6, 3], groups: 32, widthPerGroup: 4 }, options);
}

/** ResNeXt-101 of 32 groups, 8 channels each. */
export function resnext101_32x8d(options: ResNetOptions = {}): ResNet {
  return new ResNet({ block: 'bottleneck', layers: [3, 4, 23, 3], groups: 32, widthPerGroup: 8 }, options);
}

/** ResNeXt-101 of 64 groups, 4 channels each. */
export function resnext101_64x4d(options: ResNetOptions = {}): ResNet {
  return new ResNet({ block: 'bottleneck', layers: [3, 4, 23, 3], groups: 64, widthPerGroup: 4 }, options);
}

/** Wide ResNet-50-2: 3x3 convolutions of twice the channels (Zagoruyko & Komodakis 2016, arXiv 1605.07146). */
export function wide_resnet50_2(options: ResNetOptions = {}): ResNet {
  return new ResNet({ block: 'bottleneck', layers: [3, 4, 6, 3], widthPerGroup: 128 }, options);
}

/** Wide ResNet-101-2: 3x3 convolutions of twice the channels. */
export function wide_resnet101_2(options: ResNetOptions = {}): ResNet {
  return new ResNet({ block: 'bottleneck', layers: [3, 4, 23, 3], widthPerGroup: 128 }, options);
}
