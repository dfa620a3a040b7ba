/** EfficientNet B0 to B7 and lite0 to lite4, which follow from one network each by scaling, EfficientNetV2 S, M and L, and a mini for small pictures. */
import { EfficientNet, type EfficientNetConfig, type EfficientNetOptions } from '../blocks/efficientnet.ts';
import type { BlockNetwork } from '../blocks/network.ts';
import { scaleNetwork } from '../blocks/scale.ts';
import {
  efficientNetB0,
  efficientNetLite0,
  efficientNetLiteVariants,
  efficientNetMini,
  efficientNetV2L,
  efficientNetV2M,
  efficientNetV2S,
  efficientNetVariants,
  torchNorm,
} from './efficientnet/tables.ts';

export { EfficientNet, type EfficientNetConfig, type EfficientNetOptions };

function scaled(variant: keyof typeof efficientNetVariants, options: EfficientNetOptions): EfficientNet {
  const { width, depth, dropout, norm } = efficientNetVariants[variant];
  return new EfficientNet({ ...scaleNetwork(efficientNetB0, { width, depth }), dropout, norm }, options);
}

/** The first and last convolution and the repeats of the first and last stage stay. */
function scaledLite(variant: keyof typeof efficientNetLiteVariants, options: EfficientNetOptions): EfficientNet {
  const { width, depth, dropout, norm } = efficientNetLiteVariants[variant];
  const network = scaleNetwork(efficientNetLite0, { width, depth, stemWidth: 1, headWidth: 1, endsDepth: 1 });
  return new EfficientNet({ ...network, dropout, norm }, options);
}

/** Batch normalization of V2 has eps 1e-3 and torch's momentum. */
function version2(network: BlockNetwork, dropout: number, options: EfficientNetOptions): EfficientNet {
  return new EfficientNet({ ...network, dropout, norm: { eps: 1e-3, momentum: 0.1 } }, options);
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

/**
 * EfficientNet-lite0. B0 without squeeze-and-excitation and with ReLU6, for phones and integer arithmetic. Ocelli's own, not
 * torchvision's: built as torchvision builds EfficientNet, with the same padding on both sides, where TensorFlow's own pads as its SAME.
 */
export function efficientnet_lite0(options: EfficientNetOptions = {}): EfficientNet {
  return scaledLite('lite0', options);
}

/** EfficientNet-lite1. lite0 at width 1.0 and depth 1.1, for pictures of 240 pixels. */
export function efficientnet_lite1(options: EfficientNetOptions = {}): EfficientNet {
  return scaledLite('lite1', options);
}

/** EfficientNet-lite2. lite0 at width 1.1 and depth 1.2, for pictures of 260 pixels. */
export function efficientnet_lite2(options: EfficientNetOptions = {}): EfficientNet {
  return scaledLite('lite2', options);
}

/** EfficientNet-lite3. lite0 at width 1.2 and depth 1.4, for pictures of 280 pixels. */
export function efficientnet_lite3(options: EfficientNetOptions = {}): EfficientNet {
  return scaledLite('lite3', options);
}

/** EfficientNet-lite4. lite0 at width 1.4 and depth 1.8, for pictures of 300 pixels. */
export function efficientnet_lite4(options: EfficientNetOptions = {}): EfficientNet {
  return scaledLite('lite4', options);
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
