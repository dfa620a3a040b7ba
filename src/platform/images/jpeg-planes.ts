/** From JPEG's planes to RGB as libjpeg does it by default: "fancy" (triangular) upsampling, and the integer colour conversion. */

/** Samples of one component, rows of `stride`, of which `width` x `height` are real. */
export interface Plane {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly stride: number;
}

/** Twice as wide: 3/4 of the nearer and 1/4 of the farther sample, rounded down and up by turns. */
function widen({ data, width, height, stride }: Plane): Plane {
  const wide = width * 2;
  const out = new Uint8Array(wide * height);
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * stride, y * stride + width);
    for (let x = 0, to = y * wide; x < width; x++) {
      const own = row[x] as number;
      // Rows of one or two samples are doubled as they are, and so are the outermost samples of the others.
      const plain = width <= 2;
      const left = plain || x === 0 ? own : (row[x - 1] as number);
      const right = plain || x === width - 1 ? own : (row[x + 1] as number);
      out[to++] = (3 * own + left + 1) >> 2;
      out[to++] = (3 * own + right + 2) >> 2;
    }
  }
  return { data: out, width: wide, height, stride: wide };
}

/** Twice as wide and high: the same in both directions, with one rounding. */
function enlarge({ data, width, height, stride }: Plane): Plane {
  const wide = width * 2;
  const out = new Uint8Array(wide * height * 2);
  const sums = new Int32Array(width);
  const plain = width <= 2;
  for (let y = 0; y < height * 2; y++) {
    const near = y >> 1;
    const far = plain ? near : Math.min(height - 1, Math.max(0, y & 1 ? near + 1 : near - 1));
    for (let x = 0; x < width; x++) {
      sums[x] = 3 * (data[near * stride + x] as number) + (data[far * stride + x] as number);
    }
    for (let x = 0, to = y * wide; x < width; x++) {
      const own = sums[x] as number;
      const left = plain || x === 0 ? own : (sums[x - 1] as number);
      const right = plain || x === width - 1 ? own : (sums[x + 1] as number);
      out[to++] = (3 * own + left + 8) >> 4;
      out[to++] = (3 * own + right + 7) >> 4;
    }
  }
  return { data: out, width: wide, height: height * 2, stride: wide };
}

/** A plane at the picture's own resolution. */
export function upsampled(plane: Plane, timesWide: number, timesHigh: number): Plane {
  if (timesWide === 1) return plane;
  return timesHigh === 1 ? widen(plane) : enlarge(plane);
}

/** 1.402, 1.772, 0.344136286 and 0.714136286 (rounded to five places, as in JFIF) times 2^16. */
const RED = 91881;
const BLUE = 116130;
const GREEN_BLUE = 22554;
const GREEN_RED = 46802;

/** Gray or YCbCr to interleaved RGB. */
export function planesToRgb(planes: readonly Plane[], width: number, height: number): Uint8Array {
  const out = new Uint8ClampedArray(width * height * 3);
  const [luma, blue, red] = planes as [Plane, Plane | undefined, Plane | undefined];
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      const value = luma.data[y * luma.stride + x] as number;
      if (blue === undefined || red === undefined) {
        out[to] = out[to + 1] = out[to + 2] = value;
        continue;
      }
      const cb = (blue.data[y * blue.stride + x] as number) - 128;
      const cr = (red.data[y * red.stride + x] as number) - 128;
      out[to] = value + ((RED * cr + 32768) >> 16);
      out[to + 1] = value + ((32768 - GREEN_BLUE * cb - GREEN_RED * cr) >> 16);
      out[to + 2] = value + ((BLUE * cb + 32768) >> 16);
    }
  }
  return new Uint8Array(out.buffer);
}
