/** A decoded picture. */

/** 8-bit RGB, rows from the top, three bytes a pixel, no padding: `data.length === width * height * 3`. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** An 8-bit picture of one or three channels, rows from the top, no padding: `data.length === width * height * channels`. */
export interface Picture extends RgbImage {
  /** 1 is gray, 3 is RGB, interleaved. */
  readonly channels: 1 | 3;
}
