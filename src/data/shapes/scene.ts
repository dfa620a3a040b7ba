/** Draws scenes: which shape is where and how everything looks. */
import type { RandomStream } from '../../base/random-stream.ts';
import { drawBackground } from './background.ts';
import { colourAgainst, hsv, mix } from './colour.ts';
import type { ShapeName } from './outlines.ts';
import type { Look, Scene } from './paint.ts';
import { boxOf, type Pose } from './pose.ts';

export interface Frame {
  readonly width: number;
  readonly height: number;
}

/** Free pixels between a shape and the picture's edge. */
const MARGIN = 1;

/** A pose that lies within the picture, of a radius between `small` and `large` parts of the shorter side. */
export function drawPose(shape: ShapeName, frame: Frame, random: RandomStream, small = 0.22, large = 0.42): Pose {
  const radius = random.between(small, large) * Math.min(frame.width, frame.height);
  const turns = random.uniform();
  const [left, top, right, bottom] = boxOf({ shape, x: 0, y: 0, radius, turns });
  const x = random.between(MARGIN - left, frame.width - MARGIN - right);
  const y = random.between(MARGIN - top, frame.height - MARGIN - bottom);
  return { shape, x, y, radius, turns };
}

export function drawLook(background: number, random: RandomStream): Look {
  const colour = colourAgainst(background, random);
  const shade = mix(colour, hsv(random.uniform(), 0.6, background > 0.5 ? 0.2 : 0.95), 0.25);
  const rim = random.chance(0.35) ? random.between(0.8, 2) : 0;
  return { colour, shade, rim, shadow: random.chance(0.5) ? random.between(0.2, 0.55) : 0 };
}

/** How much two shapes' circles overlap, as part of the smaller one's radius; 0 when they do not. */
function overlap(a: Pose, b: Pose): number {
  const x = a.x - b.x;
  const y = a.y - b.y;
  const apart = Math.sqrt(x * x + y * y);
  return Math.max(0, (a.radius + b.radius - apart) / Math.min(a.radius, b.radius));
}

/** A scene with these shapes, the hindmost first. Several are smaller, and kept apart where there is room. */
export function drawScene(shapes: readonly ShapeName[], frame: Frame, noise: number, random: RandomStream): Scene {
  const background = drawBackground(random);
  const shrink = 1 / Math.sqrt(shapes.length);
  const poses: Pose[] = [];
  for (const shape of shapes) {
    let pose = drawPose(shape, frame, random, 0.22 * shrink, 0.42 * shrink);
    for (let tries = 0; tries < 12 && poses.some((other) => overlap(pose, other) > 0.4); tries++) {
      pose = drawPose(shape, frame, random, 0.22 * shrink, 0.42 * shrink);
    }
    poses.push(pose);
  }
  return {
    ...frame,
    background,
    shapes: poses.map((pose) => ({ pose, look: drawLook(background.luminance, random) })),
    noise: noise * random.uniform(),
  };
}
