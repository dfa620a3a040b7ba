/** Pixels changed byte by byte, as Pillow's ImageOps does by table: invert, posterize, solarize. */
import type { Picture } from '../../platform/image.ts';

/** The picture with every byte of channel c replaced by `tables[c]` of it; one table serves all channels. */
export function mapBytes(picture: Picture, tables: readonly Uint8Array[]): Picture {
  const { width, height, channels, data } = picture;
  const out = new Uint8Array(data.length);
  const [red, green = red, blue = red] = tables as readonly [Uint8Array, ...Uint8Array[]];
  if (channels === 1 || tables.length === 1) {
    for (let i = 0; i < data.length; i++) out[i] = red[data[i] as number] as number;
  } else {
    for (let i = 0; i < data.length; i += 3) {
      out[i] = red[data[i] as number] as number;
      out[i + 1] = green[data[i + 1] as number] as number;
      out[i + 2] = blue[data[i + 2] as number] as number;
    }
  }
  return { width, height, channels, data: out };
}

/** What `rule` makes of every byte; results must be bytes. */
export function tableOf(rule: (byte: number) => number): Uint8Array {
  const table = new Uint8Array(256);
  for (let byte = 0; byte < 256; byte++) table[byte] = rule(byte);
  return table;
}

const inverted = tableOf((byte) => 255 - byte);

/** 255 - byte. */
export function invert(picture: Picture): Picture {
  return mapBytes(picture, [inverted]);
}

/** The `bits` (0 to 8) highest bits of every byte. */
export function posterize(picture: Picture, bits: number): Picture {
  const mask = ~(2 ** (8 - bits) - 1);
  return mapBytes(picture, [tableOf((byte) => byte & mask)]);
}

/** Bytes of at least `threshold` inverted. */
export function solarize(picture: Picture, threshold: number): Picture {
  return mapBytes(picture, [tableOf((byte) => (byte < threshold ? byte : 255 - byte))]);
}
