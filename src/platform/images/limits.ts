/** How large a picture may be, so that a few hostile bytes cannot ask for all memory. */
import { OcelliError } from '../../base/errors.ts';

/** Most pixels a picture may have: 178,956,970, where Pillow refuses too (twice its `MAX_IMAGE_PIXELS`); 512 MiB as RGB. */
export const maxPixels = 178_956_970;

/**
 * Refuses sizes no picture may have.
 * @throws format for an empty picture, or one of more than `maxPixels`
 */
export function checkPixels(format: string, width: number, height: number): void {
  if (width < 1 || height < 1) throw new OcelliError('format', `damaged ${format}: its size is ${width}x${height}`);
  if (width * height > maxPixels) {
    throw new OcelliError(
      'format',
      `the ${format} picture has ${width}x${height} pixels, over the limit of ${maxPixels}; make it smaller before loading it`,
    );
  }
}

/** A format error for bytes that end too early or make no sense. */
export function damaged(format: string, what: string, cause?: unknown): OcelliError {
  return new OcelliError('format', `damaged ${format}: ${what}`, { cause });
}
