/** Pictures made small enough for a page of many. */

import { RandomStream } from '../../base/random-stream.ts';
import type { Picture } from '../../platform/image.ts';
import { compilePictureTransforms } from '../../transforms/index.ts';

/** The picture itself, or a smaller one whose longer side is `most`. */
export function smallPicture(picture: Picture, most = 128): Picture {
  const { width, height, channels } = picture;
  const longest = Math.max(width, height);
  if (longest <= most) return picture;
  const side = (length: number): number => Math.max(1, Math.round((length * most) / longest));
  const size = { width: side(width), height: side(height) };
  return compilePictureTransforms([{ kind: 'resize', size }], { channels }).apply(picture, new RandomStream(0));
}
