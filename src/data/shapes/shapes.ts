/** A data set of generated pictures: shapes with class, box, mask and keypoints, a function of the seed alone. */
import { randomBits, streamKey } from '../../base/random.ts';
import { RandomStream } from '../../base/random-stream.ts';
import { checkIndex, type Dataset, type Sample } from '../dataset.ts';
import { checkShapes, type ShapesOptions } from './options.ts';
import { paint } from './paint.ts';
import { type Box, boxOf, keypointsOf } from './pose.ts';
import { drawScene } from './scene.ts';

/** One shape of a picture. Coordinates are pixels from the left upper corner, continuous. */
export interface ShapeObject {
  readonly label: number;
  /** Left, top, right, bottom; of the whole shape, also where another hides it. */
  readonly box: Box;
  /** One byte a pixel, rows from the top: 1 where the shape covers at least half of the pixel and is not hidden. */
  readonly mask: Uint8Array;
  /** x and y of what `keypointNames` names: the centre, and the extreme points to the top, right, bottom and left. */
  readonly keypoints: readonly (readonly [number, number])[];
}

export interface ShapeSample extends Sample {
  /** The foremost first. */
  readonly objects: readonly ShapeObject[];
}

/** Samples are there at once. */
export interface ShapesDataset extends Dataset<ShapeSample> {
  get(index: number): ShapeSample;
}

/**
 * Pictures of circles, squares, triangles, stars, crosses, rings, hearts and arrows in any size, colour and rotation, on
 * varied backgrounds with noise; made when they are asked for. Sample i has class i modulo the number of classes, so every
 * class comes equally often. The same options give the same bytes on every machine.
 * @throws usage for options that make no sense
 *
 * @example
 * const train = shapes({ seed: 1, size: 64 });
 * const { picture, label, objects } = train.get(0);
 */
export function shapes(options: ShapesOptions = {}): ShapesDataset {
  const checked = checkShapes(options);
  const { length, seed, split, shapes: classes, objects, noise, channels } = checked;
  const name = `shapes ${split} (seed ${seed})`;
  const key = streamKey(seed, `shapes ${split}`);
  const label = (index: number): number => {
    checkIndex(dataset, index);
    return index % classes.length;
  };
  const get = (index: number): ShapeSample => {
    const first = label(index);
    const own = randomBits(key, index);
    const random = new RandomStream(own);
    const count = objects[0] + random.below(objects[1] - objects[0] + 1);
    const labels = Array.from({ length: count }, (_, i) => (i === 0 ? first : random.below(classes.length)));
    // Painted from the hindmost, while the sample lists the foremost first.
    const order = labels.toReversed().map((each) => classes[each] as (typeof classes)[number]);
    const scene = drawScene(order, checked, noise, random);
    const { picture, masks } = paint(scene, channels, randomBits(own, 0x6e6f6973));
    const found = scene.shapes.map(({ pose }, i) => ({
      label: classes.indexOf(pose.shape),
      box: boxOf(pose),
      mask: masks[i] as Uint8Array,
      keypoints: keypointsOf(pose).map(({ x, y }) => [x, y] as const),
    }));
    return { picture, label: first, objects: found.toReversed() };
  };
  const dataset = {
    name,
    length,
    classes,
    format: { channels, size: { width: checked.width, height: checked.height } },
    label,
    get,
    describe: (index: number) => `${name}, sample ${index}`,
    portable: { kind: 'shapes', options } as const,
  };
  return dataset;
}
