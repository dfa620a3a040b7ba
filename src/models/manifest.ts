/** Every model, its family and how to load it. Written by scripts/generate-manifest.mjs. */
import type { WeightsTable } from './weights-entry.ts';

/** The builder functions by name. */
export interface ModelBuilders {
  readonly alexnet: typeof import('./classification/alexnet.ts').alexnet;
  readonly capsnet: typeof import('./classification/capsnet.ts').capsnet;
  readonly convnext_base: typeof import('./classification/convnext.ts').convnext_base;
  readonly convnext_large: typeof import('./classification/convnext.ts').convnext_large;
  readonly convnext_small: typeof import('./classification/convnext.ts').convnext_small;
  readonly convnext_tiny: typeof import('./classification/convnext.ts').convnext_tiny;
  readonly densenet121: typeof import('./classification/densenet.ts').densenet121;
  readonly densenet161: typeof import('./classification/densenet.ts').densenet161;
  readonly densenet169: typeof import('./classification/densenet.ts').densenet169;
  readonly densenet201: typeof import('./classification/densenet.ts').densenet201;
  readonly efficientnet_b0: typeof import('./classification/efficientnet.ts').efficientnet_b0;
  readonly efficientnet_b1: typeof import('./classification/efficientnet.ts').efficientnet_b1;
  readonly efficientnet_b2: typeof import('./classification/efficientnet.ts').efficientnet_b2;
  readonly efficientnet_b3: typeof import('./classification/efficientnet.ts').efficientnet_b3;
  readonly efficientnet_b4: typeof import('./classification/efficientnet.ts').efficientnet_b4;
  readonly efficientnet_b5: typeof import('./classification/efficientnet.ts').efficientnet_b5;
  readonly efficientnet_b6: typeof import('./classification/efficientnet.ts').efficientnet_b6;
  readonly efficientnet_b7: typeof import('./classification/efficientnet.ts').efficientnet_b7;
  readonly efficientnet_lite0: typeof import('./classification/efficientnet.ts').efficientnet_lite0;
  readonly efficientnet_lite1: typeof import('./classification/efficientnet.ts').efficientnet_lite1;
  readonly efficientnet_lite2: typeof import('./classification/efficientnet.ts').efficientnet_lite2;
  readonly efficientnet_lite3: typeof import('./classification/efficientnet.ts').efficientnet_lite3;
  readonly efficientnet_lite4: typeof import('./classification/efficientnet.ts').efficientnet_lite4;
  readonly efficientnet_mini: typeof import('./classification/efficientnet.ts').efficientnet_mini;
  readonly efficientnet_v2_l: typeof import('./classification/efficientnet.ts').efficientnet_v2_l;
  readonly efficientnet_v2_m: typeof import('./classification/efficientnet.ts').efficientnet_v2_m;
  readonly efficientnet_v2_s: typeof import('./classification/efficientnet.ts').efficientnet_v2_s;
  readonly googlenet: typeof import('./classification/googlenet.ts').googlenet;
  readonly inception_v3: typeof import('./classification/inception.ts').inception_v3;
  readonly lenet5: typeof import('./classification/lenet.ts').lenet5;
  readonly lenet5_1998: typeof import('./classification/lenet.ts').lenet5_1998;
  readonly mnasnet0_5: typeof import('./classification/mnasnet.ts').mnasnet0_5;
  readonly mnasnet0_75: typeof import('./classification/mnasnet.ts').mnasnet0_75;
  readonly mnasnet1_0: typeof import('./classification/mnasnet.ts').mnasnet1_0;
  readonly mnasnet1_3: typeof import('./classification/mnasnet.ts').mnasnet1_3;
  readonly mnasnet_a1: typeof import('./classification/mnasnet.ts').mnasnet_a1;
  readonly mobilenet_v1: typeof import('./classification/mobilenetv1.ts').mobilenet_v1;
  readonly mobilenet_v2: typeof import('./classification/mobilenetv2.ts').mobilenet_v2;
  readonly mobilenet_v3_large: typeof import('./classification/mobilenetv3.ts').mobilenet_v3_large;
  readonly mobilenet_v3_small: typeof import('./classification/mobilenetv3.ts').mobilenet_v3_small;
  readonly regnet_x_16gf: typeof import('./classification/regnet.ts').regnet_x_16gf;
  readonly regnet_x_1_6gf: typeof import('./classification/regnet.ts').regnet_x_1_6gf;
  readonly regnet_x_32gf: typeof import('./classification/regnet.ts').regnet_x_32gf;
  readonly regnet_x_3_2gf: typeof import('./classification/regnet.ts').regnet_x_3_2gf;
  readonly regnet_x_400mf: typeof import('./classification/regnet.ts').regnet_x_400mf;
  readonly regnet_x_800mf: typeof import('./classification/regnet.ts').regnet_x_800mf;
  readonly regnet_x_8gf: typeof import('./classification/regnet.ts').regnet_x_8gf;
  readonly regnet_y_128gf: typeof import('./classification/regnet.ts').regnet_y_128gf;
  readonly regnet_y_16gf: typeof import('./classification/regnet.ts').regnet_y_16gf;
  readonly regnet_y_1_6gf: typeof import('./classification/regnet.ts').regnet_y_1_6gf;
  readonly regnet_y_32gf: typeof import('./classification/regnet.ts').regnet_y_32gf;
  readonly regnet_y_3_2gf: typeof import('./classification/regnet.ts').regnet_y_3_2gf;
  readonly regnet_y_400mf: typeof import('./classification/regnet.ts').regnet_y_400mf;
  readonly regnet_y_800mf: typeof import('./classification/regnet.ts').regnet_y_800mf;
  readonly regnet_y_8gf: typeof import('./classification/regnet.ts').regnet_y_8gf;
  readonly resnet101: typeof import('./classification/resnet.ts').resnet101;
  readonly resnet152: typeof import('./classification/resnet.ts').resnet152;
  readonly resnet18: typeof import('./classification/resnet.ts').resnet18;
  readonly resnet34: typeof import('./classification/resnet.ts').resnet34;
  readonly resnet50: typeof import('./classification/resnet.ts').resnet50;
  readonly resnext101_32x8d: typeof import('./classification/resnet.ts').resnext101_32x8d;
  readonly resnext101_64x4d: typeof import('./classification/resnet.ts').resnext101_64x4d;
  readonly resnext50_32x4d: typeof import('./classification/resnet.ts').resnext50_32x4d;
  readonly shufflenet_v2_x0_5: typeof import('./classification/shufflenetv2.ts').shufflenet_v2_x0_5;
  readonly shufflenet_v2_x1_0: typeof import('./classification/shufflenetv2.ts').shufflenet_v2_x1_0;
  readonly shufflenet_v2_x1_5: typeof import('./classification/shufflenetv2.ts').shufflenet_v2_x1_5;
  readonly shufflenet_v2_x2_0: typeof import('./classification/shufflenetv2.ts').shufflenet_v2_x2_0;
  readonly squeezenet1_0: typeof import('./classification/squeezenet.ts').squeezenet1_0;
  readonly squeezenet1_1: typeof import('./classification/squeezenet.ts').squeezenet1_1;
  readonly vgg11: typeof import('./classification/vgg.ts').vgg11;
  readonly vgg11_bn: typeof import('./classification/vgg.ts').vgg11_bn;
  readonly vgg13: typeof import('./classification/vgg.ts').vgg13;
  readonly vgg13_bn: typeof import('./classification/vgg.ts').vgg13_bn;
  readonly vgg16: typeof import('./classification/vgg.ts').vgg16;
  readonly vgg16_bn: typeof import('./classification/vgg.ts').vgg16_bn;
  readonly vgg19: typeof import('./classification/vgg.ts').vgg19;
  readonly vgg19_bn: typeof import('./classification/vgg.ts').vgg19_bn;
  readonly wide_resnet101_2: typeof import('./classification/resnet.ts').wide_resnet101_2;
  readonly wide_resnet50_2: typeof import('./classification/resnet.ts').wide_resnet50_2;
}

/** How to load a model's builder and its family's weights table; nothing is loaded before it is asked for. */
export interface ManifestEntry<B> {
  readonly family: string;
  builder(): Promise<B>;
  weights(): Promise<WeightsTable>;
}

export const manifest: { readonly [K in keyof ModelBuilders]: ManifestEntry<ModelBuilders[K]> } = {
  alexnet: {
    family: 'alexnet',
    builder: async () => (await import('./classification/alexnet.ts')).alexnet,
    weights: async () => (await import('./classification/alexnet.weights.ts')).weights,
  },
  capsnet: {
    family: 'capsnet',
    builder: async () => (await import('./classification/capsnet.ts')).capsnet,
    weights: async () => (await import('./classification/capsnet.weights.ts')).weights,
  },
  convnext_base: {
    family: 'convnext',
    builder: async () => (await import('./classification/convnext.ts')).convnext_base,
    weights: async () => (await import('./classification/convnext.weights.ts')).weights,
  },
  convnext_large: {
    family: 'convnext',
    builder: async () => (await import('./classification/convnext.ts')).convnext_large,
    weights: async () => (await import('./classification/convnext.weights.ts')).weights,
  },
  convnext_small: {
    family: 'convnext',
    builder: async () => (await import('./classification/convnext.ts')).convnext_small,
    weights: async () => (await import('./classification/convnext.weights.ts')).weights,
  },
  convnext_tiny: {
    family: 'convnext',
    builder: async () => (await import('./classification/convnext.ts')).convnext_tiny,
    weights: async () => (await import('./classification/convnext.weights.ts')).weights,
  },
  densenet121: {
    family: 'densenet',
    builder: async () => (await import('./classification/densenet.ts')).densenet121,
    weights: async () => (await import('./classification/densenet.weights.ts')).weights,
  },
  densenet161: {
    family: 'densenet',
    builder: async () => (await import('./classification/densenet.ts')).densenet161,
    weights: async () => (await import('./classification/densenet.weights.ts')).weights,
  },
  densenet169: {
    family: 'densenet',
    builder: async () => (await import('./classification/densenet.ts')).densenet169,
    weights: async () => (await import('./classification/densenet.weights.ts')).weights,
  },
  densenet201: {
    family: 'densenet',
    builder: async () => (await import('./classification/densenet.ts')).densenet201,
    weights: async () => (await import('./classification/densenet.weights.ts')).weights,
  },
  efficientnet_b0: {
    family: 'efficientnet',
    builder: async () => (await import('./classification/efficientnet.ts')).efficientnet_b0,
    weights: async () => (await import('./classification/efficientnet.weights.ts')).weights,
  },
  efficientnet_b1: {
    family: 'efficientnet',
    builder: async () => (await import('./classification/efficientnet.ts')).efficientnet_b1,
    weights: async () => (await import('./classification/efficientnet.weights.ts')).weights,
  },
  efficientnet_b2: {
    family: 'efficientnet',
    builder: async () => (await import('./classification/efficientnet.ts')).efficientnet_b2,
    weights: async () => (await import('./classification/efficientnet.weights.ts')).weights,
  },
  efficientnet_b3: {
    family: 'efficientnet',
    builder: async () => (await import('./classification/efficientnet.ts')).efficientnet_b3,
    weights: async () => (await import('./classification/efficientnet.weights.ts')).weights,
  },
  efficientnet_b4: {
    family: 'efficientnet',
    builder: async () => (await import('./classification/efficientnet.ts')).efficientnet_b4,
    weights: async () => (await import('./classification/efficientnet.weights.ts')).weights,
  },
  efficientnet_b5: {
    family: 'efficientnet',
    builder: async () => (await import('./classification/efficientnet.ts')).efficientnet_b5,
    weights: async () => (await import('./classification/efficientnet.weights.ts')).weights,
  },
  efficientnet_b6: {
    family: 'efficientnet',
    builder: async () => (await import('./classification/efficientnet.ts')).efficientnet_b6,
    weights: async () => (await import('./classification/efficientnet.weights.ts')).weights,
  },
  efficientnet_b7: {
    family: 'efficientnet',
    builder: async () => (await import('./classification/efficientnet.ts')).efficientnet_b7,
    weights: async () => (await import('./classification/efficientnet.weights.ts')).weights,
  },
  efficientnet_lite0: {
    family: 'efficientnet',
    builder: async () => (await import('./classification/efficientnet.ts')).efficientnet_lite0,
    weights: async () => (await import('./classification/efficientnet.weights.ts')).weights,
  },
  efficientnet_lite1: {
    family: 'efficientnet',
    builder: async () => (await import('./classification/efficientnet.ts')).efficientnet_lite1,
    weights: async () => (await import('./classification/efficientnet.weights.ts')).weights,
  },
  efficientnet_lite2: {
    family: 'efficientnet',
    builder: async () => (await import('./classification/efficientnet.ts')).efficientnet_lite2,
    weights: async () => (await import('./classification/efficientnet.weights.ts')).weights,
  },
  efficientnet_lite3: {
    family: 'efficientnet',
    builder: async () => (await import('./classification/efficientnet.ts')).efficientnet_lite3,
    weights: async () => (await import('./classification/efficientnet.weights.ts')).weights,
  },
  efficientnet_lite4: {
    family: 'efficientnet',
    builder: async () => (await import('./classification/efficientnet.ts')).efficientnet_lite4,
    weights: async () => (await import('./classification/efficientnet.weights.ts')).weights,
  },
  efficientnet_mini: {
    family: 'efficientnet',
    builder: async () => (await import('./classification/efficientnet.ts')).efficientnet_mini,
    weights: async () => (await import('./classification/efficientnet.weights.ts')).weights,
  },
  efficientnet_v2_l: {
    family: 'efficientnet',
    builder: async () => (await import('./classification/efficientnet.ts')).efficientnet_v2_l,
    weights: async () => (await import('./classification/efficientnet.weights.ts')).weights,
  },
  efficientnet_v2_m: {
    family: 'efficientnet',
    builder: async () => (await import('./classification/efficientnet.ts')).efficientnet_v2_m,
    weights: async () => (await import('./classification/efficientnet.weights.ts')).weights,
  },
  efficientnet_v2_s: {
    family: 'efficientnet',
    builder: async () => (await import('./classification/efficientnet.ts')).efficientnet_v2_s,
    weights: async () => (await import('./classification/efficientnet.weights.ts')).weights,
  },
  googlenet: {
    family: 'googlenet',
    builder: async () => (await import('./classification/googlenet.ts')).googlenet,
    weights: async () => (await import('./classification/googlenet.weights.ts')).weights,
  },
  inception_v3: {
    family: 'inception',
    builder: async () => (await import('./classification/inception.ts')).inception_v3,
    weights: async () => (await import('./classification/inception.weights.ts')).weights,
  },
  lenet5: {
    family: 'lenet',
    builder: async () => (await import('./classification/lenet.ts')).lenet5,
    weights: async () => (await import('./classification/lenet.weights.ts')).weights,
  },
  lenet5_1998: {
    family: 'lenet',
    builder: async () => (await import('./classification/lenet.ts')).lenet5_1998,
    weights: async () => (await import('./classification/lenet.weights.ts')).weights,
  },
  mnasnet0_5: {
    family: 'mnasnet',
    builder: async () => (await import('./classification/mnasnet.ts')).mnasnet0_5,
    weights: async () => (await import('./classification/mnasnet.weights.ts')).weights,
  },
  mnasnet0_75: {
    family: 'mnasnet',
    builder: async () => (await import('./classification/mnasnet.ts')).mnasnet0_75,
    weights: async () => (await import('./classification/mnasnet.weights.ts')).weights,
  },
  mnasnet1_0: {
    family: 'mnasnet',
    builder: async () => (await import('./classification/mnasnet.ts')).mnasnet1_0,
    weights: async () => (await import('./classification/mnasnet.weights.ts')).weights,
  },
  mnasnet1_3: {
    family: 'mnasnet',
    builder: async () => (await import('./classification/mnasnet.ts')).mnasnet1_3,
    weights: async () => (await import('./classification/mnasnet.weights.ts')).weights,
  },
  mnasnet_a1: {
    family: 'mnasnet',
    builder: async () => (await import('./classification/mnasnet.ts')).mnasnet_a1,
    weights: async () => (await import('./classification/mnasnet.weights.ts')).weights,
  },
  mobilenet_v1: {
    family: 'mobilenetv1',
    builder: async () => (await import('./classification/mobilenetv1.ts')).mobilenet_v1,
    weights: async () => (await import('./classification/mobilenetv1.weights.ts')).weights,
  },
  mobilenet_v2: {
    family: 'mobilenetv2',
    builder: async () => (await import('./classification/mobilenetv2.ts')).mobilenet_v2,
    weights: async () => (await import('./classification/mobilenetv2.weights.ts')).weights,
  },
  mobilenet_v3_large: {
    family: 'mobilenetv3',
    builder: async () => (await import('./classification/mobilenetv3.ts')).mobilenet_v3_large,
    weights: async () => (await import('./classification/mobilenetv3.weights.ts')).weights,
  },
  mobilenet_v3_small: {
    family: 'mobilenetv3',
    builder: async () => (await import('./classification/mobilenetv3.ts')).mobilenet_v3_small,
    weights: async () => (await import('./classification/mobilenetv3.weights.ts')).weights,
  },
  regnet_x_16gf: {
    family: 'regnet',
    builder: async () => (await import('./classification/regnet.ts')).regnet_x_16gf,
    weights: async () => (await import('./classification/regnet.weights.ts')).weights,
  },
  regnet_x_1_6gf: {
    family: 'regnet',
    builder: async () => (await import('./classification/regnet.ts')).regnet_x_1_6gf,
    weights: async () => (await import('./classification/regnet.weights.ts')).weights,
  },
  regnet_x_32gf: {
    family: 'regnet',
    builder: async () => (await import('./classification/regnet.ts')).regnet_x_32gf,
    weights: async () => (await import('./classification/regnet.weights.ts')).weights,
  },
  regnet_x_3_2gf: {
    family: 'regnet',
    builder: async () => (await import('./classification/regnet.ts')).regnet_x_3_2gf,
    weights: async () => (await import('./classification/regnet.weights.ts')).weights,
  },
  regnet_x_400mf: {
    family: 'regnet',
    builder: async () => (await import('./classification/regnet.ts')).regnet_x_400mf,
    weights: async () => (await import('./classification/regnet.weights.ts')).weights,
  },
  regnet_x_800mf: {
    family: 'regnet',
    builder: async () => (await import('./classification/regnet.ts')).regnet_x_800mf,
    weights: async () => (await import('./classification/regnet.weights.ts')).weights,
  },
  regnet_x_8gf: {
    family: 'regnet',
    builder: async () => (await import('./classification/regnet.ts')).regnet_x_8gf,
    weights: async () => (await import('./classification/regnet.weights.ts')).weights,
  },
  regnet_y_128gf: {
    family: 'regnet',
    builder: async () => (await import('./classification/regnet.ts')).regnet_y_128gf,
    weights: async () => (await import('./classification/regnet.weights.ts')).weights,
  },
  regnet_y_16gf: {
    family: 'regnet',
    builder: async () => (await import('./classification/regnet.ts')).regnet_y_16gf,
    weights: async () => (await import('./classification/regnet.weights.ts')).weights,
  },
  regnet_y_1_6gf: {
    family: 'regnet',
    builder: async () => (await import('./classification/regnet.ts')).regnet_y_1_6gf,
    weights: async () => (await import('./classification/regnet.weights.ts')).weights,
  },
  regnet_y_32gf: {
    family: 'regnet',
    builder: async () => (await import('./classification/regnet.ts')).regnet_y_32gf,
    weights: async () => (await import('./classification/regnet.weights.ts')).weights,
  },
  regnet_y_3_2gf: {
    family: 'regnet',
    builder: async () => (await import('./classification/regnet.ts')).regnet_y_3_2gf,
    weights: async () => (await import('./classification/regnet.weights.ts')).weights,
  },
  regnet_y_400mf: {
    family: 'regnet',
    builder: async () => (await import('./classification/regnet.ts')).regnet_y_400mf,
    weights: async () => (await import('./classification/regnet.weights.ts')).weights,
  },
  regnet_y_800mf: {
    family: 'regnet',
    builder: async () => (await import('./classification/regnet.ts')).regnet_y_800mf,
    weights: async () => (await import('./classification/regnet.weights.ts')).weights,
  },
  regnet_y_8gf: {
    family: 'regnet',
    builder: async () => (await import('./classification/regnet.ts')).regnet_y_8gf,
    weights: async () => (await import('./classification/regnet.weights.ts')).weights,
  },
  resnet101: {
    family: 'resnet',
    builder: async () => (await import('./classification/resnet.ts')).resnet101,
    weights: async () => (await import('./classification/resnet.weights.ts')).weights,
  },
  resnet152: {
    family: 'resnet',
    builder: async () => (await import('./classification/resnet.ts')).resnet152,
    weights: async () => (await import('./classification/resnet.weights.ts')).weights,
  },
  resnet18: {
    family: 'resnet',
    builder: async () => (await import('./classification/resnet.ts')).resnet18,
    weights: async () => (await import('./classification/resnet.weights.ts')).weights,
  },
  resnet34: {
    family: 'resnet',
    builder: async () => (await import('./classification/resnet.ts')).resnet34,
    weights: async () => (await import('./classification/resnet.weights.ts')).weights,
  },
  resnet50: {
    family: 'resnet',
    builder: async () => (await import('./classification/resnet.ts')).resnet50,
    weights: async () => (await import('./classification/resnet.weights.ts')).weights,
  },
  resnext101_32x8d: {
    family: 'resnet',
    builder: async () => (await import('./classification/resnet.ts')).resnext101_32x8d,
    weights: async () => (await import('./classification/resnet.weights.ts')).weights,
  },
  resnext101_64x4d: {
    family: 'resnet',
    builder: async () => (await import('./classification/resnet.ts')).resnext101_64x4d,
    weights: async () => (await import('./classification/resnet.weights.ts')).weights,
  },
  resnext50_32x4d: {
    family: 'resnet',
    builder: async () => (await import('./classification/resnet.ts')).resnext50_32x4d,
    weights: async () => (await import('./classification/resnet.weights.ts')).weights,
  },
  shufflenet_v2_x0_5: {
    family: 'shufflenetv2',
    builder: async () => (await import('./classification/shufflenetv2.ts')).shufflenet_v2_x0_5,
    weights: async () => (await import('./classification/shufflenetv2.weights.ts')).weights,
  },
  shufflenet_v2_x1_0: {
    family: 'shufflenetv2',
    builder: async () => (await import('./classification/shufflenetv2.ts')).shufflenet_v2_x1_0,
    weights: async () => (await import('./classification/shufflenetv2.weights.ts')).weights,
  },
  shufflenet_v2_x1_5: {
    family: 'shufflenetv2',
    builder: async () => (await import('./classification/shufflenetv2.ts')).shufflenet_v2_x1_5,
    weights: async () => (await import('./classification/shufflenetv2.weights.ts')).weights,
  },
  shufflenet_v2_x2_0: {
    family: 'shufflenetv2',
    builder: async () => (await import('./classification/shufflenetv2.ts')).shufflenet_v2_x2_0,
    weights: async () => (await import('./classification/shufflenetv2.weights.ts')).weights,
  },
  squeezenet1_0: {
    family: 'squeezenet',
    builder: async () => (await import('./classification/squeezenet.ts')).squeezenet1_0,
    weights: async () => (await import('./classification/squeezenet.weights.ts')).weights,
  },
  squeezenet1_1: {
    family: 'squeezenet',
    builder: async () => (await import('./classification/squeezenet.ts')).squeezenet1_1,
    weights: async () => (await import('./classification/squeezenet.weights.ts')).weights,
  },
  vgg11: {
    family: 'vgg',
    builder: async () => (await import('./classification/vgg.ts')).vgg11,
    weights: async () => (await import('./classification/vgg.weights.ts')).weights,
  },
  vgg11_bn: {
    family: 'vgg',
    builder: async () => (await import('./classification/vgg.ts')).vgg11_bn,
    weights: async () => (await import('./classification/vgg.weights.ts')).weights,
  },
  vgg13: {
    family: 'vgg',
    builder: async () => (await import('./classification/vgg.ts')).vgg13,
    weights: async () => (await import('./classification/vgg.weights.ts')).weights,
  },
  vgg13_bn: {
    family: 'vgg',
    builder: async () => (await import('./classification/vgg.ts')).vgg13_bn,
    weights: async () => (await import('./classification/vgg.weights.ts')).weights,
  },
  vgg16: {
    family: 'vgg',
    builder: async () => (await import('./classification/vgg.ts')).vgg16,
    weights: async () => (await import('./classification/vgg.weights.ts')).weights,
  },
  vgg16_bn: {
    family: 'vgg',
    builder: async () => (await import('./classification/vgg.ts')).vgg16_bn,
    weights: async () => (await import('./classification/vgg.weights.ts')).weights,
  },
  vgg19: {
    family: 'vgg',
    builder: async () => (await import('./classification/vgg.ts')).vgg19,
    weights: async () => (await import('./classification/vgg.weights.ts')).weights,
  },
  vgg19_bn: {
    family: 'vgg',
    builder: async () => (await import('./classification/vgg.ts')).vgg19_bn,
    weights: async () => (await import('./classification/vgg.weights.ts')).weights,
  },
  wide_resnet101_2: {
    family: 'resnet',
    builder: async () => (await import('./classification/resnet.ts')).wide_resnet101_2,
    weights: async () => (await import('./classification/resnet.weights.ts')).weights,
  },
  wide_resnet50_2: {
    family: 'resnet',
    builder: async () => (await import('./classification/resnet.ts')).wide_resnet50_2,
    weights: async () => (await import('./classification/resnet.weights.ts')).weights,
  },
};
