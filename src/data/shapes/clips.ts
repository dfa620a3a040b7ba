/** A data set of generated clips: one shape that moves, turns or changes its size; the class is the motion. */
import { randomBits, streamKey } from '../../base/random.ts';
import { RandomStream } from '../../base/random-stream.ts';
import type { Picture } from '../../platform/image.ts';
import { type ClipSample, checkIndex, type Dataset } from '../dataset.ts';
import { drawBackground } from './background.ts';
import { type CheckedClips, type ClipsOptions, checkClips } from './options.ts';
import { type ShapeName, shapeNames } from './outlines.ts';
import { paint } from './paint.ts';
import { type Box, boxOf, type Pose } from './pose.ts';
import { drawLook } from './scene.ts';

/** The classes of the clips; turns are as seen on the screen. */
export const motionNames = ['right', 'left', 'down', 'up', 'clockwise', 'counterclockwise', 'growing', 'shrinking'] as const;
export type MotionName = (typeof motionNames)[number];

export interface ShapeClip extends ClipSample {
  readonly shape: ShapeName;
  /** The shape's box in each frame: left, top, right, bottom. */
  readonly boxes: readonly Box[];
}

/** How a pose differs at the end from the start: a way in pixels, whole turns, a factor. */
interface Change {
  readonly x: number;
  readonly y: number;
  readonly turns: number;
  readonly growth: number;
}

function drawChange(motion: MotionName, side: number, random: RandomStream): Change {
  const way = random.between(0.3, 0.5) * side;
  // Slow enough between frames that no symmetric shape seems to turn the other way.
  const turns = random.between(0.2, 0.4);
  const growth = random.between(1.6, 2.2);
  const still: Change = { x: 0, y: 0, turns: 0, growth: 1 };
  const changes: { readonly [K in MotionName]: Partial<Change> } = {
    right: { x: way },
    left: { x: -way },
    down: { y: way },
    up: { y: -way },
    clockwise: { turns },
    counterclockwise: { turns: -turns },
    growing: { growth },
    shrinking: { growth: 1 / growth },
  };
  return { ...still, ...changes[motion] };
}

/** The pose at a time from 0 to 1. */
function poseAt(start: Pose, change: Change, time: number): Pose {
  return {
    shape: start.shape,
    x: start.x + change.x * time,
    y: start.y + change.y * time,
    turns: start.turns + change.turns * time,
    radius: start.radius * (1 + (change.growth - 1) * time),
  };
}

/** The poses of all frames, moved together to a place where every frame's shape lies within the picture. */
function drawPoses(motion: MotionName, { width, height, frames }: CheckedClips, random: RandomStream): Pose[] {
  const side = Math.min(width, height);
  const change = drawChange(motion, side, random);
  const turning = change.turns !== 0;
  // Nobody sees a circle or a ring turn.
  const names = turning ? shapeNames.filter((name) => name !== 'circle' && name !== 'ring') : shapeNames;
  const shape = names[random.below(names.length)] as ShapeName;
  const largest = random.between(0.16, 0.24) * side * (turning || change.growth !== 1 ? 1.6 : 1);
  const start: Pose = { shape, x: 0, y: 0, radius: largest / Math.max(1, change.growth), turns: random.uniform() };
  const poses = Array.from({ length: frames }, (_, t) => poseAt(start, change, t / (frames - 1)));
  const boxes = poses.map(boxOf);
  const margin = 1;
  const least = (edge: 0 | 1): number => Math.min(...boxes.map((box) => box[edge]));
  const most = (edge: 2 | 3): number => Math.max(...boxes.map((box) => box[edge]));
  const x = random.between(margin - least(0), width - margin - most(2));
  const y = random.between(margin - least(1), height - margin - most(3));
  return poses.map((pose) => ({ ...pose, x: pose.x + x, y: pose.y + y }));
}

/** Clips are there at once. */
export interface ClipsDataset extends Dataset<ShapeClip> {
  get(index: number): ShapeClip;
}

/**
 * Clips in which a shape moves in one of four directions, turns in one of two, grows or shrinks, in front of a still
 * background. Sample i has class i modulo 8. The same options give the same bytes on every machine.
 * @throws usage for options that make no sense
 */
export function shapeClips(options: ClipsOptions = {}): ClipsDataset {
  const checked = checkClips(options);
  const { length, seed, split, channels, frames, width, height, noise } = checked;
  const name = `shape clips ${split} (seed ${seed})`;
  const key = streamKey(seed, `shape clips ${split}`);
  const label = (index: number): number => {
    checkIndex(dataset, index);
    return index % motionNames.length;
  };
  const get = (index: number): ShapeClip => {
    const own = label(index);
    const clipKey = randomBits(key, index);
    const random = new RandomStream(clipKey);
    const background = drawBackground(random);
    const poses = drawPoses(motionNames[own] as MotionName, checked, random);
    const look = drawLook(background.luminance, random);
    const loud = noise * random.uniform();
    const pictures = poses.map((pose, t): Picture => {
      const scene = { width, height, background, shapes: [{ pose, look }], noise: loud };
      return paint(scene, channels, randomBits(clipKey, 0x6e6f6973 + t)).picture;
    });
    return { frames: pictures, label: own, shape: (poses[0] as Pose).shape, boxes: poses.map(boxOf) };
  };
  const dataset = {
    name,
    length,
    classes: motionNames,
    format: { channels, size: { width, height }, frames },
    label,
    get,
    describe: (index: number) => `${name}, sample ${index}`,
    portable: { kind: 'shapeClips', options } as const,
  };
  return dataset;
}
