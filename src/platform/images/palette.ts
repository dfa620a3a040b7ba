/** Colour tables of indexed pictures. */

/** Red, green and blue of all 256 indices; those past the end of `colors` are the gray of their index, as in Pillow. */
export function fullPalette(colors: Uint8Array): Uint8Array {
  const table = grayPalette(1);
  table.set(colors.subarray(0, Math.min(768, colors.length - (colors.length % 3))));
  return table;
}

/** The gray `index * factor` for every index. */
export function grayPalette(factor: number): Uint8Array {
  const table = new Uint8Array(768);
  for (let i = 0; i < 768; i++) table[i] = Math.trunc(i / 3) * factor;
  return table;
}
