/** Which picture format some bytes are, by their first bytes. */
import { OcelliError } from '../../base/errors.ts';

export type ImageFormat = 'jpeg' | 'png' | 'gif' | 'bmp' | 'webp' | 'tiff';

function starts(bytes: Uint8Array, text: string, at = 0): boolean {
  if (bytes.length < at + text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** @throws format for bytes that are no picture Ocelli reads */
export function imageFormat(bytes: Uint8Array): ImageFormat {
  if (starts(bytes, '\xff\xd8\xff')) return 'jpeg';
  if (starts(bytes, '\x89PNG\r\n\x1a\n')) return 'png';
  if (starts(bytes, 'GIF87a') || starts(bytes, 'GIF89a')) return 'gif';
  if (starts(bytes, 'BM')) return 'bmp';
  if (starts(bytes, 'RIFF') && starts(bytes, 'WEBP', 8)) return 'webp';
  if (starts(bytes, 'II*\0') || starts(bytes, 'MM\0*')) return 'tiff';
  throw new OcelliError(
    'format',
    bytes.length === 0
      ? 'the file is empty, not a picture'
      : 'not a picture Ocelli reads; it takes JPEG, PNG, WebP, GIF, BMP and TIFF',
  );
}
