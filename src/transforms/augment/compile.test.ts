/** Lists of transforms: what they compute, what they refuse, and that draws come from the stream alone. */
import { describe, expect, it } from 'vitest';
import { isOcelliError } from '../../base/errors.ts';
import { randomBits } from '../../base/random.ts';
import { RandomStream } from '../../base/random-stream.ts';
import type { Picture } from '../../platform/image.ts';
import {
  type ClassificationPreset,
  centerCrop,
  IMAGENET_MEAN,
  IMAGENET_STD,
  normalize,
  preprocess,
  presetTransforms,
  resize,
  toTensor,
} from '../index.ts';
import { compilePictureTransforms, compileTransforms } from './compile.ts';
import type { Transform } from './table.ts';

function noise(key: number, width: number, height: number, channels: 1 | 3): Picture {
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => randomBits(key, i) & 255);
  return { width, height, channels, data };
}

/** Code and message of what a list is refused with. */
function refusal(list: unknown, options: object = { size: { width: 8, height: 8 } }): string {
  try {
    compileTransforms(list as readonly Transform[], options);
    return 'accepted';
  } catch (error) {
    return isOcelliError(error) ? `${error.code}: ${error.message}` : `not ours: ${String(error)}`;
  }
}

const toTensorOnly: readonly Transform[] = [{ kind: 'toTensor' }];

describe('samples', () => {
  const picture = noise(3, 13, 9, 3);

  it('are what the steps give one after the other', () => {
    const list: readonly Transform[] = [
      { kind: 'resize', size: 7 },
      { kind: 'centerCrop', size: { width: 8, height: 6 } },
      { kind: 'toTensor' },
      { kind: 'normalize', mean: IMAGENET_MEAN, std: IMAGENET_STD },
    ];
    const made = compileTransforms(list);
    const out = new Float32Array(made.length);
    made.apply(picture, new RandomStream(1), out, 0);
    const steps = normalize(toTensor(centerCrop(resize(picture, 10, 7), 8, 6)), IMAGENET_MEAN, IMAGENET_STD);
    expect([made.channels, made.height, made.width]).toEqual([3, 6, 8]);
    expect(out).toEqual(steps.data);
  });

  it('normalising in a pass of its own rounds to the same bits', () => {
    const folded = compileTransforms([{ kind: 'toTensor' }, { kind: 'normalize', mean: IMAGENET_MEAN, std: IMAGENET_STD }], {
      size: picture,
    });
    const apart = compileTransforms(
      [{ kind: 'toTensor' }, { kind: 'randomErasing', p: 0 }, { kind: 'normalize', mean: IMAGENET_MEAN, std: IMAGENET_STD }],
      { size: picture },
    );
    const [a, b] = [new Float32Array(folded.length), new Float32Array(folded.length)];
    folded.apply(picture, new RandomStream(1), a, 0);
    apart.apply(picture, new RandomStream(1), b, 0);
    expect(a).toEqual(b);
  });

  it('fill their slot of a batch and nothing else', () => {
    const made = compileTransforms([
      { kind: 'randomCrop', size: 4 },
      { kind: 'toTensor', range: 255 },
    ]);
    const out = new Float32Array(3 * made.length).fill(-1);
    made.apply(picture, new RandomStream(5), out, made.length);
    expect(out.subarray(0, made.length).every((value) => value === -1)).toBe(true);
    expect(out.subarray(made.length, 2 * made.length).every((value) => value >= 0)).toBe(true);
    expect(out.subarray(2 * made.length).every((value) => value === -1)).toBe(true);
    expect(() => made.apply(picture, new RandomStream(5), out, 2 * made.length + 1)).toThrow(/needs 48 numbers from 97/);
  });

  it('bgr is rgb with its planes exchanged', () => {
    const rgb = compileTransforms(toTensorOnly, { size: picture });
    const bgr = compileTransforms([{ kind: 'toTensor', order: 'bgr' }], { size: picture });
    const [a, b] = [new Float32Array(rgb.length), new Float32Array(rgb.length)];
    rgb.apply(picture, new RandomStream(1), a, 0);
    bgr.apply(picture, new RandomStream(1), b, 0);
    const plane = rgb.length / 3;
    expect(b.subarray(0, plane)).toEqual(a.subarray(2 * plane));
    expect(b.subarray(2 * plane)).toEqual(a.subarray(0, plane));
  });

  it('differ by stream, agree for equal streams, and leave the picture alone', () => {
    const list: readonly Transform[] = [
      { kind: 'randomCrop', size: 8, padding: 3 },
      { kind: 'horizontalFlip' },
      { kind: 'verticalFlip' },
      { kind: 'randomResizedCrop', size: 6 },
      { kind: 'toTensor' },
      { kind: 'randomErasing', p: 1, value: 'random' },
    ];
    const made = compileTransforms(list);
    const before = picture.data.slice();
    const sample = (key: number): Float32Array => {
      const out = new Float32Array(made.length);
      made.apply(picture, new RandomStream(key), out, 0);
      return out;
    };
    expect(sample(7)).toEqual(sample(7));
    expect(sample(7)).not.toEqual(sample(8));
    expect(picture.data).toEqual(before);
  });
});

describe('presets as lists', () => {
  const common = { kind: 'classification', resize: 9, crop: 7, interpolation: 'bicubic' } as const;
  const presets: readonly ClassificationPreset[] = [
    { ...common, mean: IMAGENET_MEAN, std: IMAGENET_STD },
    { ...common, mean: [104, 117, 123], std: [1, 2, 1], range: 255, channels: 'bgr' },
    { ...common, crop: 11, mean: [0.3], std: [0.4], channels: 'gray' },
  ];

  it('give what preprocess gives', () => {
    for (const preset of presets) {
      const picture = noise(3, 17, 12, 3);
      const made = compileTransforms(presetTransforms(preset));
      const out = new Float32Array(made.length);
      made.apply(picture, new RandomStream(1), out, 0);
      expect(out).toEqual(preprocess(picture, preset).data);
    }
  });

  it('take gray pictures too', () => {
    const gray = noise(3, 17, 12, 1);
    const rgb: Picture = {
      ...gray,
      channels: 3,
      data: Uint8Array.from({ length: 612 }, (_, i) => gray.data[Math.floor(i / 3)] ?? 0),
    };
    for (const preset of presets) {
      const made = compileTransforms(presetTransforms(preset, 1), { channels: 1 });
      const out = new Float32Array(made.length);
      made.apply(gray, new RandomStream(1), out, 0);
      expect(out).toEqual(preprocess(rgb, preset).data);
    }
  });
});

describe('lists are refused', () => {
  it('with unknown kinds and options', () => {
    expect(refusal([{ kind: 'horizontalFilp' }])).toMatch(/^usage: transforms\[0\].*none of the kinds.*horizontalFlip/);
    expect(refusal([null])).toMatch(/^usage/);
    expect(refusal([{ kind: 'toString' }])).toMatch(/none of the kinds/);
    expect(refusal({ kind: 'toTensor' })).toMatch(/^usage: transforms: a list was expected/);
    expect(refusal([{ kind: 'horizontalFlip', prob: 1 }])).toMatch(
      /^usage: transforms\[0\] horizontalFlip: unknown option "prob"/,
    );
    expect(refusal(toTensorOnly, { size: { width: 8, height: 8 }, chanels: 1 })).toMatch(/unknown option "chanels"/);
  });

  it('in a wrong order, or without toTensor', () => {
    expect(refusal([{ kind: 'horizontalFlip' }])).toMatch(/^usage: .*needs \{ kind: "toTensor" \}/);
    expect(refusal([{ kind: 'toTensor' }, { kind: 'horizontalFlip' }])).toMatch(/\[1\] horizontalFlip: takes pictures/);
    expect(refusal([{ kind: 'randomErasing' }, { kind: 'toTensor' }])).toMatch(/\[0\] randomErasing: .*after toTensor/);
    expect(refusal([{ kind: 'toTensor' }, { kind: 'toTensor' }])).toMatch(/\[1\] toTensor/);
  });

  it('whose samples would differ in size', () => {
    expect(refusal([{ kind: 'resize', size: 8 }, ...toTensorOnly], {})).toMatch(/^shape: .*would differ in size/);
    expect(refusal(toTensorOnly, {})).toMatch(/^shape/);
  });

  it('with options that make no sense', () => {
    const alone = (transform: object): string => refusal([transform, ...toTensorOnly]);
    const onNumbers = (transform: object): string => refusal([...toTensorOnly, transform]);
    expect(alone({ kind: 'horizontalFlip', p: 1.5 })).toMatch(/p must be a number from 0 to 1, 1.5 came/);
    expect(alone({ kind: 'horizontalFlip', p: '1' })).toMatch(/"1" came/);
    expect(alone({ kind: 'randomCrop', size: 0 })).toMatch(/size must be a whole number of at least 1/);
    expect(alone({ kind: 'randomCrop', size: 4, padding: -1 })).toMatch(/padding/);
    expect(alone({ kind: 'randomCrop', size: 4, padding: [1, 2, 3] })).toMatch(/numbers in padding must be one of 1, 2, 4/);
    expect(alone({ kind: 'randomCrop', size: 4, fill: [1, 2] })).toMatch(/fill must be a number or 3/);
    expect(alone({ kind: 'randomCrop', size: 4, paddingMode: 'mirror' })).toMatch(/one of constant, edge, reflect, symmetric/);
    expect(alone({ kind: 'randomResizedCrop', size: 4, scale: [1, 0.5] })).toMatch(/scale must be \[smallest, largest\]/);
    expect(alone({ kind: 'randomResizedCrop', size: 4, ratio: [0, 1] })).toMatch(/ratio/);
    expect(alone({ kind: 'resize', size: 4, maxSize: 4 })).toMatch(/maxSize must be a whole number of at least 5/);
    expect(alone({ kind: 'resize', size: { width: 4 } })).toMatch(/height/);
    expect(onNumbers({ kind: 'normalize', mean: [0, 0], std: [1, 1] })).toMatch(/a number for each of 3 channels/);
    expect(onNumbers({ kind: 'normalize' })).toMatch(/a number for each of 3 channels/);
    expect(onNumbers({ kind: 'normalize', mean: [0, 0, 0], std: [1, 0, 1] })).toMatch(/not zero/);
    expect(onNumbers({ kind: 'randomErasing', value: 'noise' })).toMatch(/value/);
    expect(onNumbers({ kind: 'randomErasing', value: [1, 2] })).toMatch(/numbers in value/);
    expect(onNumbers({ kind: 'randomErasing', scale: [0.1, 2] })).toMatch(/from 0 to 1/);
    expect(refusal(toTensorOnly, { channels: 2 })).toMatch(/channels must be 1 or 3/);
  });

  it('with options of augmentations that make no sense', () => {
    const alone = (transform: object): string => refusal([transform, ...toTensorOnly]);
    expect(alone({ kind: 'colorJitter', brightness: -1 })).toMatch(/brightness must be a number of at least 0/);
    expect(alone({ kind: 'colorJitter', hue: 0.6 })).toMatch(/hue must be a number from 0 to 0.5/);
    expect(alone({ kind: 'colorJitter', hue: [-0.6, 0] })).toMatch(/hue must be \[smallest, largest\] from -0.5 to 0.5/);
    expect(alone({ kind: 'rotation', degrees: -3 })).toMatch(/degrees must be a number of at least 0/);
    expect(alone({ kind: 'rotation' })).toMatch(/degrees/);
    expect(alone({ kind: 'rotation', degrees: 3, interpolation: 'bicubic' })).toMatch(/one of nearest, bilinear/);
    expect(alone({ kind: 'rotation', degrees: 3, center: [1] })).toMatch(/center/);
    expect(alone({ kind: 'rotation', degrees: 3, expand: true })).toMatch(/^shape: .*would differ in size/);
    expect(alone({ kind: 'affine', degrees: 0, translate: [0.1, 1.1] })).toMatch(/translate must be a number from 0 to 1/);
    expect(alone({ kind: 'affine', degrees: 0, scale: [0, 1] })).toMatch(/scale/);
    expect(alone({ kind: 'affine', degrees: 0, shear: [5, -5] })).toMatch(/shear/);
    expect(alone({ kind: 'affine', degrees: 0, shear: [0, 1, 5, -5] })).toMatch(/shear/);
    expect(alone({ kind: 'autoAugment', policy: 'cifar' })).toMatch(/policy must be one of imagenet, cifar10, svhn/);
    expect(alone({ kind: 'autoAugment', fill: 256 })).toMatch(/fill/);
    expect(alone({ kind: 'randAugment', magnitude: 31 })).toMatch(/magnitude must be a whole number from 0 to 30/);
    expect(alone({ kind: 'randAugment', numMagnitudeBins: 1 })).toMatch(/numMagnitudeBins/);
    expect(alone({ kind: 'augMix', severity: 11 })).toMatch(/severity must be a whole number from 1 to 10/);
    expect(alone({ kind: 'augMix', alpha: 0 })).toMatch(/alpha/);
    expect(alone({ kind: 'gaussianBlur', kernelSize: 4 })).toMatch(/kernelSize must be odd, 4x4 came/);
    expect(alone({ kind: 'gaussianBlur', kernelSize: 3, sigma: 0 })).toMatch(/sigma/);
    expect(alone({ kind: 'randomPosterize', bits: 9 })).toMatch(/bits must be a whole number from 0 to 8/);
    expect(alone({ kind: 'randomSharpness', factor: -1 })).toMatch(/factor/);
    expect(alone({ kind: 'grayscale', outputChannels: 2 })).toMatch(/outputChannels must be one of 1, 3/);
    const grayMean = [{ kind: 'grayscale' }, ...toTensorOnly, { kind: 'normalize', mean: [0, 0, 0], std: [1, 1, 1] }];
    expect(refusal(grayMean)).toMatch(/a number for each of 1 channels/);
  });

  it('pictures they are not for', () => {
    const made = compilePictureTransforms([{ kind: 'randomCrop', size: 8 }], { channels: 1, size: { width: 9, height: 9 } });
    const stream = new RandomStream(1);
    expect(() => made.apply(noise(1, 9, 9, 3), stream)).toThrow(/made for 1 channels/);
    expect(() => made.apply(noise(1, 9, 8, 1), stream)).toThrow(/made for pictures of 9x9/);
    expect(() => compilePictureTransforms([{ kind: 'randomCrop', size: 8 }]).apply(noise(1, 9, 7, 3), stream)).toThrow(
      /9x7 is smaller than 8x8; pad more/,
    );
  });
});
