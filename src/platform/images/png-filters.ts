/** Undoes the five row filters of PNG (PNG specification, third edition, section 9). */
import { damaged } from './limits.ts';

/**
 * Restores `rows` rows of `rowBytes` bytes in place; each is preceded by its filter byte.
 * @param pixelBytes distance to the same byte of the pixel on the left, at least 1
 * @throws format for a filter that does not exist
 */
export function unfilter(data: Uint8Array, start: number, rows: number, rowBytes: number, pixelBytes: number): void {
  for (let row = 0; row < rows; row++) {
    const filterAt = start + row * (rowBytes + 1);
    const begin = filterAt + 1;
    const end = begin + rowBytes;
    const up = row === 0 ? 0 : rowBytes + 1;
    switch (data[filterAt]) {
      case 0:
        break;
      case 1:
        for (let i = begin + pixelBytes; i < end; i++) data[i] = (data[i] as number) + (data[i - pixelBytes] as number);
        break;
      case 2:
        if (up > 0) for (let i = begin; i < end; i++) data[i] = (data[i] as number) + (data[i - up] as number);
        break;
      case 3:
        average(data, begin, end, up, pixelBytes);
        break;
      case 4:
        paeth(data, begin, end, up, pixelBytes);
        break;
      default:
        throw damaged('PNG', `row filter ${data[filterAt]} does not exist`);
    }
  }
}

function average(data: Uint8Array, begin: number, end: number, up: number, pixelBytes: number): void {
  for (let i = begin; i < end; i++) {
    const left = i - begin < pixelBytes ? 0 : (data[i - pixelBytes] as number);
    const above = up === 0 ? 0 : (data[i - up] as number);
    data[i] = (data[i] as number) + ((left + above) >> 1);
  }
}

/** Adds whichever of left, above and upper left is closest to left + above - upper left. */
function paeth(data: Uint8Array, begin: number, end: number, up: number, pixelBytes: number): void {
  for (let i = begin; i < end; i++) {
    const inside = i - begin >= pixelBytes;
    const left = inside ? (data[i - pixelBytes] as number) : 0;
    const above = up === 0 ? 0 : (data[i - up] as number);
    const corner = inside && up > 0 ? (data[i - up - pixelBytes] as number) : 0;
    const toLeft = Math.abs(above - corner);
    const toAbove = Math.abs(left - corner);
    const toCorner = Math.abs(left + above - 2 * corner);
    const nearest = toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    data[i] = (data[i] as number) + nearest;
  }
}
