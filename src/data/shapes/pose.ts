/** Where a shape is in a picture, and what follows from it: its box and its extreme points. */
import { farthest, type ShapeName } from './outlines.ts';
import { type Direction, direction } from './turn.ts';

/** A shape in pixels; the left upper corner of the left upper pixel is (0, 0). */
export interface Pose {
  readonly shape: ShapeName;
  readonly x: number;
  readonly y: number;
  /** Radius of the circle around it. */
  readonly radius: number;
  /** Turned clockwise by so many whole turns. */
  readonly turns: number;
}

/** The names of `keypoints`, in their order. */
export const keypointNames = ['center', 'top', 'right', 'bottom', 'left'] as const;

/** The directions in which the last four keypoints are extreme. */
const extremes: readonly Direction[] = [
  { x: 0, y: -1 },
  { x: 1, y: 0 },
  { x: 0, y: 1 },
  { x: -1, y: 0 },
];

/** The centre, and the points that lie farthest up, right, down and left. */
export function keypointsOf({ shape, x, y, radius, turns }: Pose): readonly Direction[] {
  const { x: c, y: s } = direction(turns);
  const points = extremes.map((towards) => {
    const point = farthest(shape, { x: c * towards.x + s * towards.y, y: c * towards.y - s * towards.x });
    return { x: x + radius * (c * point.x - s * point.y), y: y + radius * (s * point.x + c * point.y) };
  });
  return [{ x, y }, ...points];
}

/** Left, top, right and bottom edge. */
export type Box = readonly [number, number, number, number];

export function boxOf(pose: Pose): Box {
  const [, top, right, bottom, left] = keypointsOf(pose) as [Direction, Direction, Direction, Direction, Direction];
  return [left.x, top.y, right.x, bottom.y];
}
