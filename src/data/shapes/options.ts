/** What the generated data sets can be asked for. */
import { checkKeys, OcelliError } from '../../base/errors.ts';
import { type ShapeName, shapeNames } from './outlines.ts';

/** What pictures and clips have in common. */
export interface GeneratedOptions {
  /** How many samples; default 8,000. */
  readonly length?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Parts of one seed have no sample in common; default 'train'. */
  readonly split?: 'train' | 'validation' | 'test';
  /** Pixels of a square picture, or width and height; at least 16. Default 32. */
  readonly size?: number | readonly [width: number, height: number];
  /** 3 is RGB, 1 is gray. Default 3. */
  readonly channels?: 1 | 3;
  /** The largest standard deviation of the noise, of 255. Default 12. */
  readonly noise?: number;
}

export const generatedKeys: readonly string[] = ['length', 'seed', 'split', 'size', 'channels', 'noise'];

export interface ShapesOptions extends GeneratedOptions {
  /** Which shapes are the classes, in that order; default all. */
  readonly shapes?: readonly ShapeName[];
  /** Shapes in a picture, or the fewest and the most; default 1. With several, the sample's label is the foremost one's. */
  readonly objects?: number | readonly [least: number, most: number];
}

export interface ClipsOptions extends GeneratedOptions {
  /** Frames of a clip, at least 2. Default 8. */
  readonly frames?: number;
}

export type Generated = Required<Omit<GeneratedOptions, 'size'>> & { readonly width: number; readonly height: number };

function whole(what: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new OcelliError('usage', `${what} must be a whole number from ${least} to ${most}, ${String(value)} came`);
}

/** @throws usage naming the option that makes no sense */
export function checkGenerated(what: string, options: GeneratedOptions, more: readonly string[]): Generated {
  checkKeys(what, options, [...generatedKeys, ...more]);
  const { length = 8000, seed = 0, split = 'train', size = 32, channels = 3, noise = 12 } = options;
  whole(`${what}: length`, length, 0, 2 ** 31);
  whole(`${what}: seed`, seed, -(2 ** 31), 2 ** 32 - 1);
  const [width, height] = typeof size === 'number' ? [size, size] : size;
  whole(`${what}: size`, width, 16, 4096);
  whole(`${what}: size`, height, 16, 4096);
  if (channels !== 1 && channels !== 3)
    throw new OcelliError('usage', `${what}: channels must be 1 or 3, ${String(channels)} came`);
  if (!(noise >= 0 && noise <= 255))
    throw new OcelliError('usage', `${what}: noise must be from 0 to 255, ${String(noise)} came`);
  if (!['train', 'validation', 'test'].includes(split)) {
    throw new OcelliError('usage', `${what}: split must be train, validation or test, ${String(split)} came`);
  }
  return { length, seed, split, width, height, channels, noise };
}

export interface CheckedShapes extends Generated {
  readonly shapes: readonly ShapeName[];
  readonly objects: readonly [number, number];
}

/** @throws usage naming the option that makes no sense */
export function checkShapes(options: ShapesOptions): CheckedShapes {
  const generated = checkGenerated('shapes', options, ['shapes', 'objects']);
  const { shapes = shapeNames, objects = 1 } = options;
  if (shapes.length === 0 || new Set(shapes).size !== shapes.length || !shapes.every((name) => shapeNames.includes(name))) {
    throw new OcelliError(
      'usage',
      `shapes: shapes must be some of ${shapeNames.join(', ')}, each once; ${shapes.join(', ')} came`,
    );
  }
  const range: readonly [number, number] = typeof objects === 'number' ? [objects, objects] : objects;
  whole('shapes: objects', range[0], 1, 32);
  whole('shapes: objects', range[1], range[0], 32);
  return { ...generated, shapes, objects: range };
}

export interface CheckedClips extends Generated {
  readonly frames: number;
}

/** @throws usage naming the option that makes no sense */
export function checkClips(options: ClipsOptions): CheckedClips {
  const { frames = 8 } = options;
  whole('shapeClips: frames', frames, 2, 256);
  return { ...checkGenerated('shapeClips', options, ['frames']), frames };
}
