/** The modules of Inception v3 (Szegedy et al. 2015, arXiv 1512.00567), named as in torchvision; `pool` branches keep no parameters. */
import { OcelliError } from '../../../base/errors.ts';
import type { Value } from '../../../compiler/ir/graph.ts';
import { avgPool, concat, flatten, globalAvgPool, maxPool } from '../../../nn/functional.ts';
import { Linear } from '../../../nn/layers/linear.ts';
import { Module } from '../../../nn/module.ts';
import type { BasicConv2d, ConvBlock } from '../../inception-parts.ts';

/** One module after the other. */
function through(x: Value, ...modules: readonly Module[]): Value {
  return modules.reduce((value, module) => module.call(value), x);
}

const smoothed = (x: Value): Value => avgPool(x, { kernel: 3, stride: 1, padding: 1 });
const halved = (x: Value): Value => maxPool(x, { kernel: 3, stride: 2 });

/** 1x1, 5x5, two 3x3, and a mean; the size stays (figure 5 of the paper, with a 5x5 left as it is). */
export class InceptionA extends Module {
  readonly branch1x1: BasicConv2d;
  readonly branch5x5_1: BasicConv2d;
  readonly branch5x5_2: BasicConv2d;
  readonly branch3x3dbl_1: BasicConv2d;
  readonly branch3x3dbl_2: BasicConv2d;
  readonly branch3x3dbl_3: BasicConv2d;
  readonly branch_pool: BasicConv2d;

  constructor(inChannels: number, poolFeatures: number, block: ConvBlock) {
    super();
    this.branch1x1 = block(inChannels, 64, 1);
    this.branch5x5_1 = block(inChannels, 48, 1);
    this.branch5x5_2 = block(48, 64, 5, { padding: 2 });
    this.branch3x3dbl_1 = block(inChannels, 64, 1);
    this.branch3x3dbl_2 = block(64, 96, 3, { padding: 1 });
    this.branch3x3dbl_3 = block(96, 96, 3, { padding: 1 });
    this.branch_pool = block(inChannels, poolFeatures, 1);
  }

  protected override forward(x: Value): Value {
    const one = this.branch1x1.call(x);
    const five = through(x, this.branch5x5_1, this.branch5x5_2);
    const double = through(x, this.branch3x3dbl_1, this.branch3x3dbl_2, this.branch3x3dbl_3);
    return concat([one, five, double, this.branch_pool.call(smoothed(x))], 1);
  }
}

/** From 35x35 to 17x17: 3x3, two 3x3, and a max pool (figure 10). */
export class InceptionB extends Module {
  readonly branch3x3: BasicConv2d;
  readonly branch3x3dbl_1: BasicConv2d;
  readonly branch3x3dbl_2: BasicConv2d;
  readonly branch3x3dbl_3: BasicConv2d;

  constructor(inChannels: number, block: ConvBlock) {
    super();
    this.branch3x3 = block(inChannels, 384, 3, { stride: 2 });
    this.branch3x3dbl_1 = block(inChannels, 64, 1);
    this.branch3x3dbl_2 = block(64, 96, 3, { padding: 1 });
    this.branch3x3dbl_3 = block(96, 96, 3, { stride: 2 });
  }

  protected override forward(x: Value): Value {
    const three = this.branch3x3.call(x);
    const double = through(x, this.branch3x3dbl_1, this.branch3x3dbl_2, this.branch3x3dbl_3);
    return concat([three, double, halved(x)], 1);
  }
}

/** 1x1, a 7x7 and two 7x7 each as 1x7 and 7x1, and a mean; the size stays (figure 6). */
export class InceptionC extends Module {
  readonly branch1x1: BasicConv2d;
  readonly branch7x7_1: BasicConv2d;
  readonly branch7x7_2: BasicConv2d;
  readonly branch7x7_3: BasicConv2d;
  readonly branch7x7dbl_1: BasicConv2d;
  readonly branch7x7dbl_2: BasicConv2d;
  readonly branch7x7dbl_3: BasicConv2d;
  readonly branch7x7dbl_4: BasicConv2d;
  readonly branch7x7dbl_5: BasicConv2d;
  readonly branch_pool: BasicConv2d;

  constructor(inChannels: number, hidden: number, block: ConvBlock) {
    super();
    const across = (from: number, to: number): BasicConv2d => block(from, to, [1, 7], { padding: [0, 3] });
    const down = (from: number, to: number): BasicConv2d => block(from, to, [7, 1], { padding: [3, 0] });
    this.branch1x1 = block(inChannels, 192, 1);
    this.branch7x7_1 = block(inChannels, hidden, 1);
    this.branch7x7_2 = across(hidden, hidden);
    this.branch7x7_3 = down(hidden, 192);
    this.branch7x7dbl_1 = block(inChannels, hidden, 1);
    this.branch7x7dbl_2 = down(hidden, hidden);
    this.branch7x7dbl_3 = across(hidden, hidden);
    this.branch7x7dbl_4 = down(hidden, hidden);
    this.branch7x7dbl_5 = across(hidden, 192);
    this.branch_pool = block(inChannels, 192, 1);
  }

  protected override forward(x: Value): Value {
    const one = this.branch1x1.call(x);
    const seven = through(x, this.branch7x7_1, this.branch7x7_2, this.branch7x7_3);
    const reduced = through(x, this.branch7x7dbl_1, this.branch7x7dbl_2, this.branch7x7dbl_3);
    const double = through(reduced, this.branch7x7dbl_4, this.branch7x7dbl_5);
    return concat([one, seven, double, this.branch_pool.call(smoothed(x))], 1);
  }
}

/** From 17x17 to 8x8: 3x3, a 7x7 as 1x7 and 7x1 with a 3x3 after it, and a max pool. */
export class InceptionD extends Module {
  readonly branch3x3_1: BasicConv2d;
  readonly branch3x3_2: BasicConv2d;
  readonly branch7x7x3_1: BasicConv2d;
  readonly branch7x7x3_2: BasicConv2d;
  readonly branch7x7x3_3: BasicConv2d;
  readonly branch7x7x3_4: BasicConv2d;

  constructor(inChannels: number, block: ConvBlock) {
    super();
    this.branch3x3_1 = block(inChannels, 192, 1);
    this.branch3x3_2 = block(192, 320, 3, { stride: 2 });
    this.branch7x7x3_1 = block(inChannels, 192, 1);
    this.branch7x7x3_2 = block(192, 192, [1, 7], { padding: [0, 3] });
    this.branch7x7x3_3 = block(192, 192, [7, 1], { padding: [3, 0] });
    this.branch7x7x3_4 = block(192, 192, 3, { stride: 2 });
  }

  protected override forward(x: Value): Value {
    const three = through(x, this.branch3x3_1, this.branch3x3_2);
    const seven = through(x, this.branch7x7x3_1, this.branch7x7x3_2, this.branch7x7x3_3, this.branch7x7x3_4);
    return concat([three, seven, halved(x)], 1);
  }
}

/** 1x1, a 3x3 and two 3x3 whose last is 1x3 beside 3x1, and a mean; the size stays (figure 7). */
export class InceptionE extends Module {
  readonly branch1x1: BasicConv2d;
  readonly branch3x3_1: BasicConv2d;
  readonly branch3x3_2a: BasicConv2d;
  readonly branch3x3_2b: BasicConv2d;
  readonly branch3x3dbl_1: BasicConv2d;
  readonly branch3x3dbl_2: BasicConv2d;
  readonly branch3x3dbl_3a: BasicConv2d;
  readonly branch3x3dbl_3b: BasicConv2d;
  readonly branch_pool: BasicConv2d;

  constructor(inChannels: number, block: ConvBlock) {
    super();
    const across = (): BasicConv2d => block(384, 384, [1, 3], { padding: [0, 1] });
    const down = (): BasicConv2d => block(384, 384, [3, 1], { padding: [1, 0] });
    this.branch1x1 = block(inChannels, 320, 1);
    this.branch3x3_1 = block(inChannels, 384, 1);
    this.branch3x3_2a = across();
    this.branch3x3_2b = down();
    this.branch3x3dbl_1 = block(inChannels, 448, 1);
    this.branch3x3dbl_2 = block(448, 384, 3, { padding: 1 });
    this.branch3x3dbl_3a = across();
    this.branch3x3dbl_3b = down();
    this.branch_pool = block(inChannels, 192, 1);
  }

  protected override forward(x: Value): Value {
    const one = this.branch1x1.call(x);
    const three = this.branch3x3_1.call(x);
    const threes = [this.branch3x3_2a.call(three), this.branch3x3_2b.call(three)];
    const double = through(x, this.branch3x3dbl_1, this.branch3x3dbl_2);
    const doubles = [this.branch3x3dbl_3a.call(double), this.branch3x3dbl_3b.call(double)];
    return concat([one, ...threes, ...doubles, this.branch_pool.call(smoothed(x))], 1);
  }
}

/** A small classifier in the middle of the network, for training: [N, inChannels, H, W], from 17x17, to logits [N, numClasses]. */
export class InceptionAux extends Module {
  readonly conv0: BasicConv2d;
  readonly conv1: BasicConv2d;
  readonly fc: Linear;

  constructor(inChannels: number, numClasses: number, block: ConvBlock) {
    super();
    this.conv0 = block(inChannels, 128, 1);
    this.conv1 = block(128, 768, 5);
    this.fc = new Linear(768, numClasses);
  }

  protected override forward(x: Value): Value {
    const size = x.type.shape.slice(2);
    if (size.some((dim) => typeof dim === 'number' && dim < 17)) {
      throw new OcelliError(
        'shape',
        `inception_v3: its auxiliary head takes 17x17 and more, which are pictures from 299x299; [${size.join(', ')}] came; build with auxLogits: false for smaller ones`,
      );
    }
    const features = through(avgPool(x, { kernel: 5, stride: 3 }), this.conv0, this.conv1);
    return this.fc.call(flatten(globalAvgPool(features), 1));
  }
}
