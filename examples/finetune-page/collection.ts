/** The pictures in the boxes, and data sets of them. */
import type { RgbImage } from 'ocelli';
import { type Dataset, packedDataset, stratifiedSplit, subset } from 'ocelli/data';
import { resizeWindow, shortSideSize } from 'ocelli/transforms';
import type { Named } from './messages.ts';

/** Width and height of pictures as they are kept. */
const SIDE = 64;
/** Fewer pictures than this of a class, and none are held back to measure with. */
const ENOUGH = 5;
/** Every fifth picture. */
const HELD_BACK = 0.2;
/** A round through few pictures goes through them several times, each time changed a little. */
const ROUND = 64;

interface Kept {
  readonly picture: number;
  readonly pixels: Uint8Array;
}

/** The middle of a picture, as it is kept. */
export function small(image: RgbImage): RgbImage {
  const { width, height } = shortSideSize(image.width, image.height, SIDE);
  const [left, top] = [Math.floor((width - SIDE) / 2), Math.floor((height - SIDE) / 2)];
  return resizeWindow(image, width, height, 'bilinear', { left, top, width: SIDE, height: SIDE });
}

export class Collection {
  readonly #boxes = new Map<number, Kept[]>();
  #count = 0;

  /** Keeps a picture, which is small already; gives its number. */
  add(box: number, { data }: RgbImage): number {
    const picture = this.#count++;
    this.#boxes.set(box, [...(this.#boxes.get(box) ?? []), { picture, pixels: data }]);
    return picture;
  }

  /** Forgets a picture, or all of a box. */
  remove(box: number, picture?: number): void {
    const left = (this.#boxes.get(box) ?? []).filter((kept) => picture !== undefined && kept.picture !== picture);
    this.#boxes.set(box, left);
  }

  /** Pictures to train on and, where there are enough of each class, others to measure with. */
  datasets(boxes: readonly Named[]): { readonly train: Dataset; readonly validation?: Dataset } {
    const lists = boxes.map(({ box }) => this.#boxes.get(box) ?? []);
    const pixels = new Uint8Array(lists.flat().length * SIDE * SIDE * 3);
    lists.flat().forEach((kept, i) => {
      pixels.set(kept.pixels, i * SIDE * SIDE * 3);
    });
    const labels = Uint16Array.from(lists.flatMap((list, label) => list.map(() => label)));
    const classes = boxes.map(({ name }) => name);
    const all = packedDataset({ name: 'your pictures', classes, width: SIDE, height: SIDE, channels: 3, pixels, labels });
    if (lists.some((list) => list.length < ENOUGH)) return { train: longEnough(all) };
    const { train, validation } = stratifiedSplit(all, { fraction: HELD_BACK });
    return { train: longEnough(train), validation };
  }
}

function longEnough(dataset: Dataset): Dataset {
  const times = Math.ceil(ROUND / dataset.length);
  return subset(
    dataset,
    Array.from({ length: times * dataset.length }, (_, i) => i % dataset.length),
  );
}
