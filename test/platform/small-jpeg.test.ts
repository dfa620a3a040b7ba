/** The decoder of small JPEG files against libjpeg-turbo in sharp: equal to the bit, or it leaves the file to sharp. */
import sharp, { type JpegOptions } from 'sharp';
import { describe, expect, test } from 'vitest';
import { randomBits } from '../../src/base/random.ts';
import { RandomStream } from '../../src/base/random-stream.ts';
import { readSegments } from '../../src/platform/images/jpeg.ts';
import { decodeSmallJpeg } from '../../src/platform/images/jpeg-small.ts';
import { concat } from '../data/files.ts';
import { pictureNamed } from './pictures.ts';

/** What sharp decodes, as RGB. */
async function bySharp(bytes: Uint8Array): Promise<{ width: number; height: number; data: Uint8Array }> {
  const picture = sharp(bytes, { ignoreIcc: true, failOn: 'truncated' }).toColourspace('srgb').raw();
  const { data, info } = await picture.toBuffer({ resolveWithObject: true });
  const rgb =
    info.channels === 3 ? data : Uint8Array.from({ length: data.length * 3 }, (_, i) => data[Math.floor(i / 3)] as number);
  return { width: info.width, height: info.height, data: new Uint8Array(rgb) };
}

/** A picture between noise and smoothness, in colour or gray, as a JPEG file. */
async function encoded(key: number, width: number, height: number, channels: 1 | 3, options: JpegOptions): Promise<Uint8Array> {
  const rough = (key % 4) * 60;
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const [x, y] = [Math.floor(i / channels) % width, Math.floor(i / channels / width)];
    const smooth = 128 + 90 * Math.sin(x / 5 + key) * Math.cos(y / 7 + (i % channels));
    return Math.min(255, Math.max(0, smooth + ((randomBits(key, i) & 255) / 255 - 0.5) * rough));
  });
  const picture = sharp(data, { raw: { width, height, channels } });
  return new Uint8Array(await (channels === 1 ? picture.toColourspace('b-w') : picture).jpeg(options).toBuffer());
}

describe('equal to the bit', () => {
  test('240 files of all sizes up to 40x40, qualities and samplings', async () => {
    for (let key = 0; key < 240; key++) {
      const random = new RandomStream(key);
      const [width, height] = [1 + random.below(40), 1 + random.below(40)];
      const options: JpegOptions = {
        quality: 1 + random.below(100),
        chromaSubsampling: random.chance(0.5) ? '4:2:0' : '4:4:4',
        optimiseCoding: random.chance(0.5),
        quantisationTable: random.below(9),
      };
      const bytes = await encoded(key, width, height, random.chance(0.25) ? 1 : 3, options);
      expect(decodeSmallJpeg(bytes), `${width}x${height} ${JSON.stringify(options)}`).toEqual(await bySharp(bytes));
    }
  });

  test.each(['baseline.jpg', '444.jpg', '422.jpg', 'low.jpg', 'gray.jpg', 'odd.jpg', 'one.jpg', 'rotated.jpg', 'profile.jpg'])(
    'Pillow’s %s',
    async (name) => {
      const { bytes } = pictureNamed(name);
      expect(decodeSmallJpeg(bytes)).toEqual(await bySharp(bytes));
    },
  );

  test('with restart markers', async () => {
    // Files of one unit each, whose scans are joined: behind a restart marker everything begins anew.
    for (const [side, channels, count] of [[8, 1, 11] as const, [16, 3, 5] as const]) {
      const files = await Promise.all(
        Array.from({ length: count }, (_, key) =>
          encoded(key, side, side, channels, { quality: 80, optimiseCoding: false, chromaSubsampling: '4:2:0' }),
        ),
      );
      const parts = files.map((bytes) => {
        const segments = readSegments(bytes);
        const frame = segments.find(({ marker }) => marker === 0xc0);
        const scan = segments.at(-1);
        if (!frame || !scan) throw new Error('the file has no frame or scan');
        return { bytes, width: frame.start + 3, scanHeader: scan.start - 4, scan: scan.end };
      });
      const [first] = parts as [(typeof parts)[number]];
      const head = first.bytes.slice(0, first.scanHeader);
      new DataView(head.buffer).setUint16(first.width, side * count);
      const scans = parts.flatMap(({ bytes, scan }, i) => [
        bytes.subarray(scan, -2),
        Uint8Array.of(0xff, i < count - 1 ? 0xd0 + (i & 7) : 0xd9),
      ]);
      const interval = Uint8Array.of(0xff, 0xdd, 0, 4, 0, 1);
      const joined = concat([head, interval, first.bytes.subarray(first.scanHeader, first.scan), ...scans]);
      const decoded = decodeSmallJpeg(joined);
      expect(decoded?.width).toBe(side * count);
      expect(decoded).toEqual(await bySharp(joined));
      const at = joined.lastIndexOf(0xff, joined.length - 3);
      const wrong = joined.slice();
      wrong[at + 1] = (wrong[at + 1] as number) ^ 1;
      expect(decodeSmallJpeg(wrong)).toBeUndefined();
    }
  });
});

describe('left to sharp', () => {
  test.each(['progressive.jpg', 'gray-progressive.jpg', 'cmyk.jpg', 'cmyk-444.jpg'])('%s', (name) => {
    expect(decodeSmallJpeg(pictureNamed(name).bytes)).toBeUndefined();
  });

  test('more pixels than it is quick with', async () => {
    const bytes = await encoded(1, 129, 128, 3, { quality: 50 });
    expect(decodeSmallJpeg(bytes)).toBeUndefined();
    expect(decodeSmallJpeg(bytes, 1e6)).toEqual(await bySharp(bytes));
  });

  test('damage: 3,000 changed files are refused, left to sharp, or decoded to the right size', async () => {
    const whole = await encoded(2, 24, 24, 3, { quality: 70 });
    const outcomes = { refused: 0, left: 0, decoded: 0 };
    for (let key = 0; key < 3000; key++) {
      const random = new RandomStream(key);
      const bytes = whole.slice(0, random.chance(0.1) ? random.below(whole.length) : undefined);
      for (let i = 0; i < 3; i++) bytes[2 + random.below(bytes.length)] = random.bits() & 255;
      try {
        const decoded = decodeSmallJpeg(bytes);
        if (decoded) expect(decoded.data.length).toBe(decoded.width * decoded.height * 3);
        outcomes[decoded ? 'decoded' : 'left']++;
      } catch (error) {
        expect(error).toMatchObject({ code: 'format' });
        outcomes.refused++;
      }
    }
    for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(100);
  });
});
