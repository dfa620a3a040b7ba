/** The order of names: by code points, on every machine and in every language. */

/** A UTF-16 unit such that units compare as the code points they are part of: surrogates after everything else. */
function weight(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

/** Compares names by code points, as Python compares strings. */
export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  const length = Math.min(a.name.length, b.name.length);
  for (let i = 0; i < length; i++) {
    const difference = weight(a.name.charCodeAt(i)) - weight(b.name.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.name.length - b.name.length;
}
