/** The small pictures of `reference.py`, and what Pillow makes of them. */
import goldens from './pictures.golden.json' with { type: 'json' };

export interface Picture {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** First 16 hex digits of the SHA-256 of Pillow's RGB bytes. */
  readonly digest: string;
}

export const pictures: readonly Picture[] = Object.entries(goldens.pictures).map(([name, row]) => {
  const [width, height, digest, data] = row as [number, number, string, string];
  return { name, bytes: new Uint8Array(Buffer.from(data, 'base64')), width, height, digest };
});

/** The picture of that name. */
export function pictureNamed(name: string): Picture {
  const found = pictures.find((picture) => picture.name === name);
  if (found === undefined) throw new Error(`no picture ${name}`);
  return found;
}
