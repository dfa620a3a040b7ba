/** Decodes pictures in a browser: JPEG and WebP by the browser, PNG, GIF and BMP by code of our own. */
import { OcelliError } from '../base/errors.ts';
import type { RgbImage } from './image.ts';
import { decodeBmp } from './images/bmp.ts';
import { imageFormat } from './images/format.ts';
import { decodeGif } from './images/gif.ts';
import { inflate } from './images/inflate.ts';
import { hideExif, jpegSize, readSegments } from './images/jpeg.ts';
import { checkPixels, damaged } from './images/limits.ts';
import { decodePng } from './images/png.ts';
import { hasAlpha, hideWebpExif, readChunks } from './images/webp.ts';

/** What `Platform.decodeImage` does in a browser. */
export async function decodeImage(bytes: Uint8Array): Promise<RgbImage> {
  const format = imageFormat(bytes);
  switch (format) {
    case 'png':
      return decodePng(bytes, inflate);
    case 'gif':
      return decodeGif(bytes);
    case 'bmp':
      return decodeBmp(bytes);
    case 'jpeg': {
      const segments = readSegments(bytes);
      const { width, height } = jpegSize(bytes, segments);
      checkPixels('JPEG', width, height);
      return decodeByBrowser(hideExif(bytes, segments), 'JPEG', false);
    }
    case 'webp': {
      const chunks = readChunks(bytes);
      return decodeByBrowser(hideWebpExif(bytes, chunks), 'WebP', hasAlpha(bytes, chunks));
    }
    case 'tiff':
      throw new OcelliError('unsupported', 'browsers do not read TIFF: save the picture as PNG or JPEG');
  }
}

async function decodeByBrowser(bytes: Uint8Array, title: 'JPEG' | 'WebP', alpha: boolean): Promise<RgbImage> {
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: `image/${title.toLowerCase()}` });
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' }).catch(
    (error: unknown) => {
      throw damaged(title, 'the browser cannot decode it', error);
    },
  );
  try {
    const { width, height } = bitmap;
    checkPixels(title, width, height);
    return { width, height, data: dropAlpha(alpha ? readByWebGl(bitmap) : readByCanvas(bitmap)) };
  } finally {
    bitmap.close();
  }
}

function readByCanvas(bitmap: ImageBitmap): Uint8ClampedArray {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true, colorSpace: 'srgb' });
  if (context === null) throw tooLarge(width, height);
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, width, height).data;
}

/** A 2-D canvas multiplies colours by alpha and loses those of transparent pixels; a WebGL texture keeps them. */
function readByWebGl(bitmap: ImageBitmap): Uint8Array {
  const { width, height } = bitmap;
  const gl = new OffscreenCanvas(1, 1).getContext('webgl');
  if (gl === null) throw new OcelliError('unsupported', 'WebP with alpha needs WebGL here: save the picture without alpha');
  try {
    if (Math.max(width, height) > gl.getParameter(gl.MAX_TEXTURE_SIZE)) throw tooLarge(width, height);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE);
    gl.pixelStorei(gl.PACK_ALIGNMENT, 1);
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, bitmap);
    gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, gl.getParameter(gl.TEXTURE_BINDING_2D), 0);
    const data = new Uint8Array(width * height * 4);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, data);
    return data;
  } finally {
    gl.getExtension('WEBGL_lose_context')?.loseContext();
  }
}

function tooLarge(width: number, height: number): OcelliError {
  return new OcelliError('unsupported', `this browser cannot hold a picture of ${width}x${height} pixels; make it smaller first`);
}

function dropAlpha(rgba: Uint8Array | Uint8ClampedArray): Uint8Array {
  const out = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    out[to] = rgba[from] as number;
    out[to + 1] = rgba[from + 1] as number;
    out[to + 2] = rgba[from + 2] as number;
  }
  return out;
}
