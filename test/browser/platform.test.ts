/** The web platform in a real Chromium: pictures decode to Pillow's pixels, files keep their contract. */
import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodePlatform } from '../../src/platform/node.ts';
import { filesCases } from '../platform/files.contract.ts';
import { pictures } from '../platform/pictures.ts';
import { type Lab, openLab, whyNoChromium } from './chromium.ts';
import type { Decoded } from './pages/platform.ts';

if (whyNoChromium) console.log(`browser tests are skipped: ${whyNoChromium}`);

describe.skipIf(whyNoChromium !== undefined)('web platform', () => {
  let lab: Lab;
  let page: Page;
  beforeAll(async () => {
    lab = await openLab(['platform']);
    page = await lab.open('platform');
  });
  afterAll(() => lab?.close());

  const decode = async (bytes: Uint8Array): Promise<Decoded> =>
    (await page.evaluate(`decode(${JSON.stringify(Buffer.from(bytes).toString('base64'))})`)) as Decoded;

  for (const picture of pictures) {
    test(picture.name, async () => {
      const result = await decode(picture.bytes);
      if (picture.name.endsWith('.tif')) {
        expect(result).toEqual({ error: expect.stringContaining('do not read TIFF') });
        return;
      }
      if ('error' in result) throw new Error(result.error);
      expect([result.width, result.height]).toEqual([picture.width, picture.height]);
      const rgb = Buffer.from(result.rgb, 'base64');
      if (picture.name.startsWith('cmyk')) {
        // The one exception: Chromium turns CMYK into RGB itself, and rounds differently.
        const { data } = await nodePlatform().decodeImage(picture.bytes);
        expect(Math.max(...data.map((value, at) => Math.abs(value - (rgb[at] as number))))).toBeLessThanOrEqual(1);
      } else {
        expect(createHash('sha256').update(rgb).digest('hex').slice(0, 16)).toBe(picture.digest);
      }
    });
  }

  test('cut pictures are refused', async () => {
    for (const { bytes, name } of pictures.filter((picture) => /\.(jpg|webp)$/.test(picture.name))) {
      for (const part of [0.3, 0.6, 0.9, 0.99]) {
        const result = await decode(bytes.subarray(0, Math.trunc(bytes.length * part)));
        expect(result, name).toEqual({ error: expect.stringMatching(/^damaged/) });
      }
    }
  });

  test('files', async () => {
    const results = await page.evaluate('runFilesContract()');
    expect(results).toEqual(filesCases.map(({ name }) => ({ name })));
  });

  test('hashes', async () => {
    expect(await page.evaluate('sha256("abc")')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
