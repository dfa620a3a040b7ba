/** Resize, sizes, crops and presets against goldens that Pillow and torchvision wrote (`reference.py`). */
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../src/base/tensor.ts';
import {
  centerCrop,
  IMAGENET_MEAN,
  IMAGENET_STD,
  parseInterpolation,
  preprocess,
  resize,
  resizeWindow,
  shortSideSize,
} from '../../src/transforms/index.ts';
import { digest, hashedPicture } from './pictures.ts';
import goldens from './transforms.golden.json' with { type: 'json' };

type Row = readonly (string | number)[];
const numbers = (row: Row): number[] => row.filter((value) => typeof value === 'number');
const texts = (row: Row): string[] => row.filter((value) => typeof value === 'string');

describe('resize equals Pillow in every bit', () => {
  for (const [index, name] of goldens.modes.entries()) {
    it(`${name}, ${goldens.resize.length} sizes`, () => {
      const mode = parseInterpolation(name);
      for (const row of goldens.resize) {
        const [key, width, height, toWidth, toHeight] = numbers(row) as [number, number, number, number, number];
        const out = resize(hashedPicture(key, width, height), toWidth, toHeight, mode);
        expect(digest(out.data), `${width}x${height} to ${toWidth}x${toHeight}`).toBe(texts(row)[index]);
      }
    });
    it(`${name}: a window is a part of the whole`, () => {
      const mode = parseInterpolation(name);
      const image = hashedPicture(9, 71, 53);
      for (const [width, height] of [
        [30, 90],
        [71, 20],
        [40, 53],
        [71, 53],
        [200, 7],
      ] as const) {
        const whole = resize(image, width, height, mode);
        const window = { left: width >> 2, top: height >> 1, width: width >> 1, height: (height + 1) >> 1 };
        const part = resizeWindow(image, width, height, mode, window);
        for (let y = 0; y < window.height; y++) {
          const from = ((window.top + y) * width + window.left) * 3;
          const row = part.data.subarray(y * window.width * 3, (y + 1) * window.width * 3);
          expect(row).toEqual(whole.data.subarray(from, from + window.width * 3));
        }
      }
    });
  }
});

it(`shortSideSize equals torchvision for ${goldens.sizes.length} sizes, with and without a longest side`, () => {
  for (const row of goldens.sizes) {
    const [width, height, size, plainWidth, plainHeight, limit, cappedWidth, cappedHeight] = row as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    expect(shortSideSize(width, height, size)).toEqual({ width: plainWidth, height: plainHeight });
    if (cappedWidth > 0 && cappedHeight > 0) {
      expect(shortSideSize(width, height, size, limit)).toEqual({ width: cappedWidth, height: cappedHeight });
    } else {
      expect(() => shortSideSize(width, height, size, limit)).toThrow(/positive/);
    }
  }
});

it(`centerCrop equals torchvision for ${goldens.crops.length} cases, smaller and larger`, () => {
  for (const row of goldens.crops) {
    const [width, height, cropWidth, cropHeight] = numbers(row) as [number, number, number, number];
    const out = centerCrop(hashedPicture(5, width, height), cropWidth, cropHeight);
    expect(digest(out.data), `${width}x${height} to ${cropWidth}x${cropHeight}`).toBe(texts(row)[0]);
  }
});

describe('preprocess equals torchvision in every bit', () => {
  for (const row of goldens.presets) {
    const [key, width, height, side, crop] = numbers(row) as [number, number, number, number, number];
    const [mode, expected] = texts(row) as [string, string];
    it(`${width}x${height}: short side ${side}, crop ${crop}, ${mode}`, () => {
      const preset = {
        kind: 'classification',
        resize: side,
        crop,
        interpolation: parseInterpolation(mode),
        mean: IMAGENET_MEAN,
        std: IMAGENET_STD,
      } as const;
      expect(digest(bytesOf(preprocess(hashedPicture(key, width, height), preset)))).toBe(expected);
    });
  }
});

describe("gray presets equal torchvision on Pillow's gray picture in every bit", () => {
  for (const row of goldens.grays) {
    const [key, width, height, side, crop, mean, std] = numbers(row) as [number, number, number, number, number, number, number];
    const [mode, expected] = texts(row) as [string, string];
    it(`${width}x${height}: short side ${side}, crop ${crop}, ${mode}`, () => {
      const preset = {
        kind: 'classification',
        resize: side,
        crop,
        interpolation: parseInterpolation(mode),
        channels: 'gray',
        mean: [mean],
        std: [std],
      } as const;
      const out = preprocess(hashedPicture(key, width, height), preset);
      expect(out.shape).toEqual([1, 1, crop, crop]);
      expect(digest(bytesOf(out))).toBe(expected);
    });
  }
});
