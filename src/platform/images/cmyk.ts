/** CMYK to RGB by Pillow's formula. */

/** `value * factor / 255`, rounded. */
function scaled(value: number, factor: number): number {
  const product = value * factor + 128;
  return (product + (product >> 8)) >> 8;
}

/** RGB from cyan, magenta, yellow and black, where 255 is full ink: (255 - black) less the ink's share of it. */
export function cmykToRgb(cmyk: Uint8Array): Uint8Array {
  const out = new Uint8Array((cmyk.length / 4) * 3);
  for (let from = 0, to = 0; from < cmyk.length; from += 4, to += 3) {
    const light = 255 - (cmyk[from + 3] as number);
    out[to] = light - scaled(cmyk[from] as number, light);
    out[to + 1] = light - scaled(cmyk[from + 1] as number, light);
    out[to + 2] = light - scaled(cmyk[from + 2] as number, light);
  }
  return out;
}
