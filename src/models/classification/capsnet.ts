/** CapsuleNet: a convolution, capsules, and a capsule for each class by dynamic routing, with the decoder it is trained with. */
import { checkKeys, OcelliError } from '../../base/errors.ts';
import type { Dim, Value } from '../../compiler/ir/graph.ts';
import { add, argMax, mean, mul, oneHot, relu, square, sub, sum } from '../../nn/functional.ts';
import { Conv2d } from '../../nn/layers/conv.ts';
import { checkCount, type SizePerAxis, sizesPerAxis } from '../../nn/layers/sizes.ts';
import { marginLoss } from '../../nn/losses/margin.ts';
import { Module } from '../../nn/module.ts';
import { traceOf } from '../../nn/trace-context.ts';
import type { TrainingLoss } from '../../nn/training-loss.ts';
import { Decoder } from './capsnet/decoder.ts';
import { ClassCapsules, PrimaryCapsules } from './capsnet/layers.ts';
import { lengths } from './capsnet/squash.ts';

export interface CapsNetOptions {
  /** Capsules of the last layer; default 10. */
  readonly numClasses?: number;
  /** Channels of the input picture; default 1. */
  readonly inChannels?: number;
  /** Height and width of the input picture, one number for both; at least 17, default 28. */
  readonly imageSize?: SizePerAxis;
  /** Iterations of the routing, 1 or more; default 3. */
  readonly routingIterations?: number;
}

/** Maps of the first convolution, channels and length of primary capsules, length of class capsules. */
const [MAPS, CHANNELS, PRIMARY_DIM, CLASS_DIM] = [256, 32, 8, 16];

/** The weight of the reconstruction in the loss. */
const RECONSTRUCTION = 0.0005;

/** Places along an axis that are left after the two convolutions with kernels of 9, the second of stride 2. */
const placesOf = (size: number): number => Math.floor((size - 8 - 9) / 2) + 1;

/**
 * [N, inChannels, height, width] to the lengths of the class capsules [N, numClasses], each from 0 to 1: how sure it is that the
 * class is there. The feature `capsules` is the class capsules [N, numClasses, 16], `decoder` the picture
 * [N, inChannels, height, width] that the longest of them stands for, with numbers from 0 to 1.
 */
export class CapsNet extends Module {
  readonly conv1: Conv2d;
  readonly primary: PrimaryCapsules;
  readonly capsules: ClassCapsules;
  readonly decoder: Decoder;

  constructor(options: CapsNetOptions = {}) {
    super();
    checkKeys('capsnet', options, ['numClasses', 'inChannels', 'imageSize', 'routingIterations']);
    const { numClasses = 10, inChannels = 1, imageSize = 28, routingIterations = 3 } = options;
    checkCount('capsnet: numClasses', numClasses);
    checkCount('capsnet: routingIterations', routingIterations);
    const [height, width] = sizesPerAxis('capsnet: imageSize', imageSize, 2, 17) as readonly [number, number];
    const inCapsules = CHANNELS * placesOf(height) * placesOf(width);
    this.conv1 = new Conv2d(inChannels, MAPS, 9);
    this.primary = new PrimaryCapsules(MAPS, CHANNELS, PRIMARY_DIM);
    this.capsules = new ClassCapsules(inCapsules, PRIMARY_DIM, numClasses, CLASS_DIM, routingIterations);
    this.decoder = new Decoder(numClasses, CLASS_DIM, [inChannels, height, width]);
  }

  protected override forward(x: Value): Value {
    checkPicture(x, this.decoder.picture);
    const capsules = this.capsules.call(this.primary.call(relu(this.conv1.call(x))));
    const scores = lengths(capsules);
    if (traceOf(x).wants(this.decoder)) {
      this.decoder.call(capsules, oneHot(argMax(scores, 1), scores.type.shape[1] as number));
    }
    return scores;
  }

  /** The capsules of all classes in a row. */
  override embeddingPath(): string {
    return 'capsules';
  }

  override outputKind(): 'scores' {
    return 'scores';
  }

  /**
   * The margin loss and, of each picture, 0.0005 times the sum of squared errors of what the decoder draws from the capsule of the
   * picture's class. So pictures are to have numbers from 0 to 1.
   */
  override trainingLoss(): TrainingLoss {
    return {
      features: ['capsules'],
      heads: ['decoder'],
      normalize: { mean: 0, std: 1 },
      usual: marginLoss,
      loss: (scores, targets, { features, inputs, base }) => {
        const [capsules, target, picture] = [features.capsules, targets.target, Object.values(inputs)[0]] as [
          Value,
          Value,
          Value,
        ];
        const mask = target.type.dtype === 'int64' ? oneHot(target, scores.type.shape[1] as number) : target;
        const errors = sum(square(sub(this.decoder.call(capsules, mask), picture)), [1, 2, 3]);
        return add(base(scores), mul(mean(errors), RECONSTRUCTION));
      },
    };
  }
}

/** @throws shape when a picture makes more or fewer capsules than the network is built for */
function checkPicture({ type: { shape } }: Value, [, height, width]: readonly [number, number, number]): void {
  const [, , ...size] = shape;
  const fits = (dim: Dim | undefined, built: number): boolean => typeof dim === 'number' && placesOf(dim) === placesOf(built);
  if (size.length !== 2 || (fits(size[0], height) && fits(size[1], width))) return;
  throw new OcelliError('shape', `capsnet takes pictures of ${height}x${width}, ${size.join('x')} came; imageSize sets that`);
}

/**
 * CapsuleNet (Sabour, Frosst & Hinton 2017, "Dynamic routing between capsules", arXiv 1710.09829): 8,215,568 parameters with its
 * decoder for ten classes of gray pictures of 28x28.
 */
export function capsnet(options: CapsNetOptions = {}): CapsNet {
  return new CapsNet(options);
}
