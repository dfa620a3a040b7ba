/** Which embeddings point the same way as another: the cosine of the angle between two. */

/** A picture that is like another. */
export interface Neighbour {
  readonly file: string;
  /** 1 for the same direction, 0 for none in common. */
  readonly cosine: number;
}

/** The cosine of the angle between two vectors, summed in float64; 0 when one has no length. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let [product, lengthA, lengthB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    product += x * y;
    lengthA += x * x;
    lengthB += y * y;
  }
  return product === 0 ? 0 : product / Math.sqrt(lengthA * lengthB);
}

/** The `top` nearest, best first; of equal ones the first by name. */
export function nearest(neighbours: readonly Neighbour[], top: number): Neighbour[] {
  return [...neighbours].sort((a, b) => b.cosine - a.cosine || (a.file < b.file ? -1 : 1)).slice(0, top);
}
