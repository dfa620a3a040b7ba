/** Decodes pictures in Node: JPEG, WebP and TIFF by sharp; PNG, GIF, BMP and small JPEG by code of our own. */
import { inflateSync, constants as zlib } from 'node:zlib';
import type { Sharp, SharpOptions } from 'sharp';
import { messageOf, OcelliError } from '../base/errors.ts';
import type { RgbImage } from './image.ts';
import { decodeBmp } from './images/bmp.ts';
import { cmykToRgb } from './images/cmyk.ts';
import { type ImageFormat, imageFormat } from './images/format.ts';
import { decodeGif } from './images/gif.ts';
import { jpegSize, readSegments } from './images/jpeg.ts';
import { decodeSmallJpeg } from './images/jpeg-small.ts';
import { checkPixels, damaged } from './images/limits.ts';
import { decodePng } from './images/png.ts';

type SharpFactory = (input: Uint8Array, options: SharpOptions) => Sharp;

let loading: Promise<SharpFactory> | undefined;

/** sharp is an optional dependency, loaded when the first picture needs it. */
function loadSharp(): Promise<SharpFactory> {
  loading ??= import('sharp').then(
    (module) => module.default,
    (error: unknown) => {
      loading = undefined;
      const hint = 'JPEG, WebP and TIFF pictures need the package "sharp": run `npm install sharp`';
      throw new OcelliError('unsupported', hint, { cause: error });
    },
  );
  return loading;
}

/** Inflates what there is, up to `length` bytes and a little over for streams that end with more than they should. */
function inflate(parts: readonly Uint8Array[], length: number): Uint8Array {
  const input = parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
  return inflateSync(input, { maxOutputLength: length + 65536, finishFlush: zlib.Z_SYNC_FLUSH });
}

/** What `Platform.decodeImage` does in Node. */
export async function decodeImage(bytes: Uint8Array): Promise<RgbImage> {
  const format = imageFormat(bytes);
  if (format === 'png') return decodePng(bytes, inflate);
  if (format === 'gif') return decodeGif(bytes);
  if (format === 'bmp') return decodeBmp(bytes);
  const small = format === 'jpeg' ? decodeSmallJpeg(bytes) : undefined;
  if (small) return small;
  return decodeBySharp(bytes, format, await loadSharp());
}

const titles: { readonly [F in ImageFormat]: string } = {
  jpeg: 'JPEG',
  png: 'PNG',
  gif: 'GIF',
  bmp: 'BMP',
  webp: 'WebP',
  tiff: 'TIFF',
};

/** libvips reports the same problem once a row; its first line says it. */
function firstLine(error: unknown): string {
  return messageOf(error).split('\n', 1)[0] ?? '';
}

async function decodeBySharp(bytes: Uint8Array, format: ImageFormat, sharp: SharpFactory): Promise<RgbImage> {
  const title = titles[format];
  // Profiles are ignored as Pillow ignores them; damage inside a whole JPEG is tolerated as libjpeg tolerates it.
  const tiff = format === 'tiff';
  const open = (): Sharp => sharp(bytes, { ignoreIcc: true, failOn: tiff ? 'error' : 'truncated', limitInputPixels: false });
  // Pillow obeys the orientation of TIFF alone.
  const upright = (): Sharp => (tiff ? open().autoOrient() : open());
  try {
    const { width, height, samples } = format === 'jpeg' ? jpegLayout(bytes) : await layout(title, open());
    checkPixels(title, width, height);
    const picture = rawOf(samples, upright());
    const { data, info } = await picture.toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data: toRgb[samples](data, info.channels) };
  } catch (error) {
    if (error instanceof OcelliError) throw error;
    throw damaged(title, `it cannot be decoded (${firstLine(error)})`, error);
  }
}

/** What a picture's samples are, and so how they become RGB; `usual` is gray or RGB of 8 bits, with or without alpha. */
type Samples = 'usual' | 'cmyk' | 'gray16';

const toRgb: { readonly [S in Samples]: (data: Uint8Array, channels: number) => Uint8Array } = {
  usual: takeRgb,
  cmyk: cmykToRgb,
  gray16: clipGray,
};

/** The samples as they are in the file; without being told, sharp converts CMYK by a profile and scales 16 bits. */
function rawOf(samples: Samples, picture: Sharp): Sharp {
  if (samples === 'cmyk') return picture.pipelineColourspace('cmyk').toColourspace('cmyk').raw();
  if (samples === 'gray16') return picture.pipelineColourspace('grey16').toColourspace('grey16').raw({ depth: 'ushort' });
  return picture.raw();
}

interface Layout {
  readonly width: number;
  readonly height: number;
  readonly samples: Samples;
}

/** @throws format for a JPEG that does not reach its end */
function jpegLayout(bytes: Uint8Array): Layout {
  const { width, height, channels } = jpegSize(bytes, readSegments(bytes));
  return { width, height, samples: channels === 4 ? 'cmyk' : 'usual' };
}

/** @throws unsupported for samples of more than 8 bits other than gray */
async function layout(title: string, picture: Sharp): Promise<Layout> {
  const { width, height, channels, depth, space } = await picture.metadata();
  if (space === 'cmyk' && channels === 4 && depth === 'uchar') return { width, height, samples: 'cmyk' };
  if (depth === 'ushort' && channels === 1) return { width, height, samples: 'gray16' };
  if (depth === 'uchar') return { width, height, samples: 'usual' };
  throw new OcelliError('unsupported', `${title} with ${depth} samples: save it with 8 bits a channel`);
}

/** The first three of `channels` interleaved channels; gray becomes three equal ones. */
function takeRgb(data: Uint8Array, channels: number): Uint8Array {
  if (channels === 3) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const pixels = data.length / channels;
  const out = new Uint8Array(pixels * 3);
  const step = channels < 3 ? 0 : 1;
  for (let i = 0, from = 0; i < pixels * 3; i += 3, from += channels) {
    out[i] = data[from] as number;
    out[i + 1] = data[from + step] as number;
    out[i + 2] = data[from + 2 * step] as number;
  }
  return out;
}

/** 16-bit gray, little-endian; values above 255 are white. */
function clipGray(data: Uint8Array): Uint8Array {
  const out = new Uint8Array((data.length / 2) * 3);
  for (let from = 0, to = 0; from < data.length; from += 2, to += 3) {
    out.fill(data[from + 1] === 0 ? (data[from] as number) : 255, to, to + 3);
  }
  return out;
}
