/** Damaged pictures end in a picture or in one clear error, never in a crash or a hang. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OcelliError } from '../../src/base/errors.ts';
import { randomBits } from '../../src/base/random.ts';
import type { RgbImage } from '../../src/platform/image.ts';
import { decodeBmp } from '../../src/platform/images/bmp.ts';
import { imageFormat } from '../../src/platform/images/format.ts';
import { decodeGif } from '../../src/platform/images/gif.ts';
import { inflate } from '../../src/platform/images/inflate.ts';
import { hideExif, jpegSize, readSegments } from '../../src/platform/images/jpeg.ts';
import { decodePng } from '../../src/platform/images/png.ts';
import { hasAlpha, hideWebpExif, readChunks } from '../../src/platform/images/webp.ts';
import { nodePlatform } from '../../src/platform/node.ts';
import { type Picture, pictures } from './pictures.ts';

const shared = join(import.meta.dirname, '../../../shared/data');

/** The part of decoding that is our own code and runs anywhere. */
function ownPart(bytes: Uint8Array): RgbImage | undefined {
  switch (imageFormat(bytes)) {
    case 'png':
      return decodePng(bytes, inflate);
    case 'gif':
      return decodeGif(bytes);
    case 'bmp':
      return decodeBmp(bytes);
    case 'jpeg': {
      const segments = readSegments(bytes);
      jpegSize(bytes, segments);
      hideExif(bytes, segments);
      return undefined;
    }
    case 'webp': {
      const chunks = readChunks(bytes);
      hasAlpha(bytes, chunks);
      hideWebpExif(bytes, chunks);
      return undefined;
    }
    case 'tiff':
      return undefined;
  }
}

/** 'read' or 'refused'; anything but a whole picture or an Ocelli error fails the test. */
function outcome(run: () => RgbImage | undefined): 'read' | 'refused' {
  try {
    const image = run();
    if (image) expect(image.data.length).toBe(image.width * image.height * 3);
    return 'read';
  } catch (error) {
    if (!(error instanceof OcelliError) || !['format', 'unsupported'].includes(error.code)) throw error;
    expect(error.message).not.toContain('\n');
    return 'refused';
  }
}

function mutated(picture: Picture, key: number): Uint8Array {
  const bytes = picture.bytes.slice();
  const edits = 1 + (randomBits(key, 0) % 4);
  for (let i = 1; i <= edits; i++) bytes[randomBits(key, 2 * i) % bytes.length] = randomBits(key, 2 * i + 1) & 255;
  return bytes;
}

describe('cut at every length', () => {
  for (const picture of pictures.filter(({ name }) => /\.(png|gif|bmp|jpg|webp)$/.test(name))) {
    it(picture.name, () => {
      let refused = 0;
      for (let length = 0; length < picture.bytes.length; length++) {
        if (outcome(() => ownPart(picture.bytes.subarray(0, length))) === 'refused') refused++;
      }
      // A PNG, GIF or BMP whose pixels are all there is read, as in Pillow; a JPEG or WebP must be whole.
      if (/\.(jpg|webp)$/.test(picture.name)) expect(refused).toBe(picture.bytes.length);
      else expect(refused).toBeGreaterThan(0);
    });
  }
});

it('12,000 mutations of our own decoders', () => {
  const own = pictures.filter(({ name }) => /\.(png|gif|bmp|jpg|webp)$/.test(name));
  const counts = { read: 0, refused: 0 };
  for (let key = 0; key < 12_000; key++) {
    counts[outcome(() => ownPart(mutated(own[key % own.length] as Picture, key)))]++;
  }
  expect(counts.read).toBeGreaterThan(100);
  expect(counts.refused).toBeGreaterThan(100);
});

describe('Node', () => {
  const platform = nodePlatform();
  const decoded = async (bytes: Uint8Array): Promise<'read' | 'refused'> => {
    const result = await platform.decodeImage(bytes).then(
      (image) => () => image,
      (error: unknown) => () => {
        throw error;
      },
    );
    return outcome(result);
  };

  it('cut JPEG, WebP and TIFF are refused', async () => {
    for (const picture of pictures.filter(({ name }) =>
      /^(baseline|progressive|gray|lossy|lossless|plain)\.(jpg|webp|tif)$/.test(name),
    )) {
      for (let length = picture.bytes.length - 3; length > 0; length -= 1 + (length >> 4)) {
        expect(await decoded(picture.bytes.subarray(0, length)), `${picture.name} cut to ${length}`).toBe('refused');
      }
    }
  });

  it('1,500 mutations', async () => {
    for (let key = 0; key < 1500; key++) await decoded(mutated(pictures[key % pictures.length] as Picture, 50_000 + key));
  });

  const folder = join(shared, 'damaged_images');
  const there = existsSync(folder);
  if (!there) console.log(`skipped: damaged pictures: no folder ${folder}`);
  it.skipIf(!there)('the damaged pictures that Pillow refuses as cut are refused, those it tolerates are read', async () => {
    const results: Record<string, string> = {};
    for (const name of readdirSync(folder).filter((file) => /\.(jpg|png)$/.test(file))) {
      results[name] = await decoded(readFileSync(join(folder, name)));
    }
    expect(results).toMatchObject({
      'bad_huffman.jpg': 'read',
      'corrupt.jpg': 'refused',
      'corrupt34_2.jpg': 'refused',
      'corrupt34_3.jpg': 'refused',
      'corrupt34_4.jpg': 'refused',
      'sigsegv.png': 'refused',
    });
  });

  const photo = join(shared, 'photos/cat_720p.jpg');
  if (!existsSync(photo)) console.log(`skipped: cut photograph: no ${photo}`);
  it.skipIf(!existsSync(photo))('a photograph cut at many lengths is refused in one sentence', async () => {
    const bytes = readFileSync(photo);
    for (let part = 1; part < 40; part++) {
      expect(await decoded(bytes.subarray(0, Math.trunc((bytes.length * part) / 40)))).toBe('refused');
    }
  });
});
