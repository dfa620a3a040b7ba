/** Sizes, crops, normalisation and presets: exact values and refusals. */
import { describe, expect, it } from 'vitest';
import { float32 } from '../base/tensor.ts';
import type { RgbImage } from '../platform/image.ts';
import {
  type ClassificationPreset,
  type ColorPreset,
  centerCrop,
  describePreset,
  IMAGENET_MEAN,
  IMAGENET_STD,
  normalize,
  parseInterpolation,
  preprocess,
  preprocessInto,
  presetLength,
  resize,
  resizeWindow,
  shortSideSize,
  toTensor,
  withParts,
} from './index.ts';

/** Byte i is i * 7 + 3, wrapped. */
function ramp(width: number, height: number): RgbImage {
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, (_, i) => i * 7 + 3) };
}

const preset: ColorPreset = {
  kind: 'classification',
  resize: 6,
  crop: 4,
  interpolation: 'bilinear',
  mean: IMAGENET_MEAN,
  std: IMAGENET_STD,
};

describe('sizes', () => {
  it('the long side is truncated', () => {
    expect(shortSideSize(500, 375, 256)).toEqual({ width: 341, height: 256 });
    expect(shortSideSize(375, 500, 256)).toEqual({ width: 256, height: 341 });
    expect(shortSideSize(100, 100, 7)).toEqual({ width: 7, height: 7 });
  });

  it('the longest side is kept', () => {
    expect(shortSideSize(1000, 100, 50, 200)).toEqual({ width: 200, height: 20 });
    expect(() => shortSideSize(1000, 100, 50, 50)).toThrow(/maxSize \(50\) must be larger/);
    expect(() => shortSideSize(10000, 1, 5, 6)).toThrow(/positive/);
  });

  it('nonsense is refused', () => {
    expect(() => shortSideSize(0, 5, 5)).toThrow(/positive whole numbers/);
    expect(() => shortSideSize(5, 5, 2.5)).toThrow(/positive whole numbers/);
    expect(() => resize(ramp(2, 2), 0, 3)).toThrow(/0x3 came/);
    expect(() => resize({ width: 2, height: 2, data: new Uint8Array(11) }, 1, 1)).toThrow(/needs 12 bytes of RGB, 11 came/);
    expect(() => resizeWindow(ramp(4, 4), 2, 2, 'box', { left: 1, top: 0, width: 2, height: 2 })).toThrow(/leaves the picture/);
    expect(() => parseInterpolation('cubic')).toThrow(/use one of nearest, box/);
  });
});

describe('crops', () => {
  it('half a pixel rounds to the even start', () => {
    const starts = [5, 7, 9, 11].map((width) => (((centerCrop(ramp(width, 1), 2, 1).data[0] as number) - 3) & 255) / 21);
    expect(starts).toEqual([2, 2, 4, 4]);
  });

  it('small pictures get black around them, the odd pixel right and below', () => {
    const image = { width: 1, height: 2, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    const out = centerCrop(image, 2, 3);
    expect([...out.data]).toEqual([1, 2, 3, 0, 0, 0, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('a panorama costs no more than its crop', () => {
    const image = { width: 60_000, height: 1, data: new Uint8Array(180_000).fill(9) };
    const out = preprocess(image, { ...preset, resize: 256, crop: 224 });
    expect(out.shape).toEqual([1, 3, 224, 224]);
  });
});

describe('normalisation', () => {
  it('rounds to float32 at every step', () => {
    const image = { width: 1, height: 1, data: Uint8Array.of(10, 200, 255) };
    const scaled = toTensor(image);
    expect([...scaled.data]).toEqual([10, 200, 255].map((byte) => Math.fround(byte / 255)));
    const out = normalize(scaled, IMAGENET_MEAN, IMAGENET_STD);
    const expected = IMAGENET_MEAN.map((mean, channel) => {
      const centered = Math.fround((scaled.data[channel] as number) - Math.fround(mean));
      return Math.fround(centered / Math.fround(IMAGENET_STD[channel] as number));
    });
    expect([...out.data]).toEqual(expected);
    expect(out.shape).toEqual([3, 1, 1]);
  });

  it('takes batches and any number of channels, and refuses the rest', () => {
    const batch = float32([2, 1, 1, 2], [1, 2, 3, 4]);
    expect([...normalize(batch, [1], [2]).data]).toEqual([0, 0.5, 1, 1.5]);
    expect(() => normalize(batch, [1, 2], [1, 2])).toThrow(/has 1 channels, mean has 2/);
    expect(() => normalize(batch, [1], [0])).toThrow(/not zero/);
    expect(() => normalize(float32([2, 2], [1, 2, 3, 4]), [1], [1])).toThrow(/needs \[\.\.\., C, H, W\]/);
  });
});

describe('presets', () => {
  it('is resize, crop, scale and normalise', () => {
    const image = ramp(13, 9);
    const size = shortSideSize(13, 9, 6);
    const cropped = centerCrop(resize(image, size.width, size.height), 4);
    const steps = normalize(toTensor(cropped), IMAGENET_MEAN, IMAGENET_STD);
    expect(preprocess(image, preset).data).toEqual(steps.data);
  });

  it('pads with what black becomes when the crop is larger than the picture', () => {
    const out = preprocess(ramp(6, 6), { ...preset, crop: 8 });
    expect(out.data[0]).toBe(Math.fround(Math.fround(0 - Math.fround(0.485)) / Math.fround(0.229)));
    expect(out.data[9]).not.toBe(out.data[0]);
  });

  it('bgr turns the channels round; mean and std are in that order', () => {
    const image = ramp(13, 9);
    const rgb = preprocess(image, preset);
    const [r, g, b] = IMAGENET_MEAN;
    const [sr, sg, sb] = IMAGENET_STD;
    const bgr = preprocess(image, { ...preset, channels: 'bgr', mean: [b, g, r], std: [sb, sg, sr] });
    expect(bgr.data.subarray(0, 16)).toEqual(rgb.data.subarray(32));
    expect(bgr.data.subarray(16, 32)).toEqual(rgb.data.subarray(16, 32));
    expect(bgr.data.subarray(32)).toEqual(rgb.data.subarray(0, 16));
  });

  it('range 255 leaves values whole', () => {
    const caffe: ClassificationPreset = { ...preset, range: 255, channels: 'bgr', mean: [104, 117, 123], std: [1, 1, 1] };
    const image = { width: 4, height: 4, data: new Uint8Array(48).fill(200) };
    const out = preprocess(image, caffe).data;
    expect([out[0], out[16], out[32]]).toEqual([96, 83, 77]);
    expect(describePreset(caffe)).toBe(
      'short side to 6 (bilinear), center crop 4x4, BGR values 0..255, mean 104 117 123, std 1 1 1',
    );
  });

  it('gray values go through as they are, and into one channel', () => {
    const gray: ClassificationPreset = { ...preset, channels: 'gray', mean: [0.5], std: [0.25] };
    const image = { width: 4, height: 4, data: new Uint8Array(48).fill(51) };
    expect(preprocess(image, gray)).toEqual(float32([1, 1, 4, 4], new Float32Array(16).fill(-1.2)));
    expect(describePreset(gray)).toBe('short side to 6 (bilinear), center crop 4x4, GRAY values 0..1, mean 0.5, std 0.25');
  });

  it('parts of a preset are replaced, and checked together', () => {
    const gray = withParts(preset, { channels: 'gray', mean: [0.5], std: [0.25] });
    expect([presetLength(preset), presetLength(gray)]).toEqual([48, 16]);
    expect(withParts(gray, { crop: 5 })).toEqual({ ...gray, crop: 5 });
    expect(() => withParts(preset, { channels: 'gray' })).toThrow(/one number each for gray/);
    expect(() => withParts(gray, { mean: [0.1, 0.2, 0.3] })).toThrow(/one number each for gray/);
  });

  it('fills slots of a batch and nothing else', () => {
    const out = new Float32Array(3 * presetLength(preset)).fill(-99);
    preprocessInto(ramp(13, 9), preset, out, presetLength(preset));
    expect(out.subarray(0, 48).every((value) => value === -99)).toBe(true);
    expect(out.subarray(48, 96)).toEqual(preprocess(ramp(13, 9), preset).data);
    expect(out.subarray(96).every((value) => value === -99)).toBe(true);
    expect(() => preprocessInto(ramp(13, 9), preset, out, 97)).toThrow(/needs 48 numbers from 97/);
  });

  it('refuses presets that make no sense', () => {
    const image = ramp(5, 5);
    const refuse = (change: object): unknown => {
      try {
        preprocess(image, { ...preset, ...change });
        return 'accepted';
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(refuse({ crop: 0 })).toMatch(/crop size must be positive/);
    expect(refuse({ std: [1, 0, 1] })).toMatch(/not zero/);
    expect(refuse({ mean: [1, 2] })).toMatch(/three numbers/);
    expect(refuse({ mean: [1, 2, Number.NaN] })).toMatch(/three numbers/);
    expect(refuse({ range: 2 })).toMatch(/1 or 255/);
    expect(refuse({ channels: 'gbr' })).toMatch(/rgb, bgr or gray/);
    expect(refuse({ channels: 'gray' })).toMatch(/one number each for gray/);
    expect(refuse({ channels: 'gray', mean: [0.5], std: [0] })).toMatch(/not zero/);
    expect(refuse({ interpolation: 'cubic' })).toMatch(/one of nearest/);
    expect(refuse({ croop: 4 })).toMatch(/unknown option "croop"/);
  });
});
