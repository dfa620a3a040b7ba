/** Decoding equals Pillow's `convert('RGB')` on small pictures of every kind. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RgbImage } from '../../src/platform/image.ts';
import { decodeBmp } from '../../src/platform/images/bmp.ts';
import { decodeGif } from '../../src/platform/images/gif.ts';
import { inflate } from '../../src/platform/images/inflate.ts';
import { maxPixels } from '../../src/platform/images/limits.ts';
import { decodePng } from '../../src/platform/images/png.ts';
import { nodePlatform } from '../../src/platform/node.ts';
import { type Picture, pictureNamed, pictures } from './pictures.ts';

function expectPillow(image: RgbImage, picture: Picture): void {
  expect([image.width, image.height]).toEqual([picture.width, picture.height]);
  expect(image.data.length).toBe(picture.width * picture.height * 3);
  expect(createHash('sha256').update(image.data).digest('hex').slice(0, 16)).toBe(picture.digest);
}

describe('code that runs anywhere', () => {
  for (const picture of pictures) {
    const kind = picture.name.split('.').at(-1);
    if (kind === 'png') it(picture.name, () => expectPillow(decodePng(picture.bytes, inflate), picture));
    if (kind === 'gif') it(picture.name, () => expectPillow(decodeGif(picture.bytes), picture));
    if (kind === 'bmp') it(picture.name, () => expectPillow(decodeBmp(picture.bytes), picture));
  }
});

describe('Node', () => {
  const platform = nodePlatform();
  for (const picture of pictures) {
    it(picture.name, async () => expectPillow(await platform.decodeImage(picture.bytes), picture));
  }

  it('reads a view into a larger buffer', async () => {
    for (const name of ['rgb.png', 'baseline.jpg', 'palette.gif', 'rgb.bmp', 'lossy.webp', 'plain.tif']) {
      const picture = pictureNamed(name);
      const larger = new Uint8Array(picture.bytes.length + 30).fill(77);
      larger.set(picture.bytes, 11);
      expectPillow(await platform.decodeImage(larger.subarray(11, 11 + picture.bytes.length)), picture);
    }
  });

  it('refuses what is no picture, naming what it reads', async () => {
    for (const bytes of [new Uint8Array(0), new TextEncoder().encode('hello'), new Uint8Array(100)]) {
      await expect(platform.decodeImage(bytes)).rejects.toMatchObject({
        code: 'format',
        message: expect.stringContaining('picture'),
      });
    }
  });

  it('refuses pictures of too many pixels before decoding them', async () => {
    const side = Math.ceil(Math.sqrt(maxPixels)) + 1;
    const bmp = pictureNamed('rgb.bmp').bytes.slice();
    new DataView(bmp.buffer).setUint32(18, side, true);
    new DataView(bmp.buffer).setUint32(22, side, true);
    const gif = pictureNamed('palette.gif').bytes.slice();
    gif.fill(255, 6, 10);
    const jpeg = pictureNamed('baseline.jpg').bytes.slice();
    const frame = jpeg.findIndex((byte, at) => byte === 0xff && jpeg[at + 1] === 0xc0);
    jpeg.fill(0xfe, frame + 5, frame + 9);
    for (const bytes of [bmp, gif, jpeg]) {
      await expect(platform.decodeImage(bytes)).rejects.toMatchObject({
        code: 'format',
        message: expect.stringContaining('limit'),
      });
    }
  });
});

describe('palettes', () => {
  it('an index past the end of the palette is the gray of that index, as in Pillow', () => {
    const picture = pictureNamed('made-palette8.png');
    expectPillow(decodePng(picture.bytes, inflate), picture);
  });
});
