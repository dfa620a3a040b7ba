/**
 * Seeded, counter-based random numbers: value i of a stream is a function of (key, i) alone, so any part of a
 * stream can be drawn anywhere, in any order, on any back end, and be the same.
 */

/** FNV-1a of the text's UTF-16 code units, 32 bits. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

/** Mixes 32 bits so that every input bit moves every output bit (the "lowbias32" constants of Chris Wellons' hash-prospector). */
export function mix32(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** 32 random bits: value `index` of the stream `key`. */
export function randomBits(key: number, index: number): number {
  return mix32(mix32(index + Math.imul(key, 0x9e3779b9)) ^ key);
}

/** A number in [0, 1) with 24 random bits, exact in float32. */
export function randomUniform(key: number, index: number): number {
  return (randomBits(key, index) >>> 8) * 2 ** -24;
}

/** A standard normal number (Box-Muller over values 2·index and 2·index + 1 of the stream). */
export function randomNormal(key: number, index: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - randomUniform(key, 2 * index)));
  return radius * Math.cos(2 * Math.PI * randomUniform(key, 2 * index + 1));
}

/** The key of a named stream under a seed: `streamKey(7, 'layer1.0.conv1.weight')`. */
export function streamKey(seed: number, name: string): number {
  return mix32((seed | 0) ^ hashText(name));
}
