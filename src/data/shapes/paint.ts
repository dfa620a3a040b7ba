/**
 * Paints scenes. Own code and no drawing library: a shape is a signed distance, from which the antialiased edge, the mask,
 * the shade and the shadow all follow, in sums, products and square roots that are the same on every machine.
 */
import { RandomStream } from '../../base/random-stream.ts';
import type { Picture } from '../../platform/image.ts';
import type { Background } from './background.ts';
import { type Colour, luminance } from './colour.ts';
import { shapeDistance } from './outlines.ts';
import type { Pose } from './pose.ts';
import { direction } from './turn.ts';

/** How a shape looks. */
export interface Look {
  readonly colour: Colour;
  /** Its colour at the far end of the gradient over it. */
  readonly shade: Colour;
  /** Width of a darker rim, in pixels; 0 for none. */
  readonly rim: number;
  /** Darkness of the shadow, 0 to 1. */
  readonly shadow: number;
}

export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly background: Background;
  /** From the hindmost to the foremost. */
  readonly shapes: readonly { readonly pose: Pose; readonly look: Look }[];
  /** Standard deviation of the noise, of 255. */
  readonly noise: number;
}

/** Colours of every pixel, three numbers in 0..1 each, and one mask per shape: 1 where its own pixels are seen. */
interface Canvas {
  readonly colours: Float64Array;
  readonly masks: readonly Uint8Array[];
}

/** Signed distance in pixels from points to a posed shape. */
function distanceTo({ shape, x, y, radius, turns }: Pose): (px: number, py: number) => number {
  const { x: c, y: s } = direction(turns);
  return (px, py) => {
    const offX = (px - x) / radius;
    const offY = (py - y) / radius;
    return shapeDistance(shape, c * offX + s * offY, c * offY - s * offX) * radius;
  };
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** A rim's colour is so much of the shape's own. */
const RIM = 0.55;

function paintShape({ width, height }: Scene, { pose, look }: Scene['shapes'][number], index: number, canvas: Canvas): void {
  const { colours, masks } = canvas;
  const distance = distanceTo(pose);
  const soft = pose.radius * 0.28;
  const fall = pose.radius * 0.14;
  const reach = pose.radius + (look.shadow > 0 ? soft + fall : 0) + 1;
  const right = Math.min(width, Math.ceil(pose.x + reach));
  const bottom = Math.min(height, Math.ceil(pose.y + reach));
  for (let y = Math.max(0, Math.floor(pose.y - reach)); y < bottom; y++) {
    for (let x = Math.max(0, Math.floor(pose.x - reach)); x < right; x++) {
      const at = y * width + x;
      const d = distance(x + 0.5, y + 0.5);
      const cover = clamp(0.5 - d);
      if (look.shadow > 0 && cover < 1) {
        const under = clamp(0.5 - distance(x + 0.5 - fall, y + 0.5 - fall) / (2 * soft));
        const light = 1 - look.shadow * under * under;
        for (let i = at * 3; i < at * 3 + 3; i++) colours[i] = (colours[i] as number) * light;
      }
      if (cover === 0) continue;
      const slope = clamp(0.5 + (x + 0.5 - pose.x + y + 0.5 - pose.y) / (3 * pose.radius));
      const rim = look.rim > 0 ? clamp(d + look.rim + 0.5) : 0;
      for (let channel = 0; channel < 3; channel++) {
        const colour = look.colour[channel] as number;
        const fill = colour + ((look.shade[channel] as number) - colour) * slope;
        const own = fill + (RIM * colour - fill) * rim;
        const old = colours[at * 3 + channel] as number;
        colours[at * 3 + channel] = old + (own - old) * cover;
      }
      if (cover < 0.5) continue;
      for (const mask of masks) mask[at] = 0;
      (masks[index] as Uint8Array)[at] = 1;
    }
  }
}

function paintBackground({ width, height, background }: Scene, colours: Float64Array): void {
  const unit = 1 / Math.min(width, height);
  const [red, green, blue] = background.first;
  const [toRed, toGreen, toBlue] = background.second.map((value, i) => value - (background.first[i] as number)) as [
    number,
    number,
    number,
  ];
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const amount = background.amount((x + 0.5) * unit, (y + 0.5) * unit);
      colours[at] = red + toRed * amount;
      colours[at + 1] = green + toGreen * amount;
      colours[at + 2] = blue + toBlue * amount;
    }
  }
}

/** Nearly normal: the sum of the four bytes of 32 random bits, centred and scaled to deviation 1. */
function noiseOf(bits: number): number {
  const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24);
  return (sum - 510) / 147.8;
}

function finish(colours: Float64Array, channels: 1 | 3, noise: number, random: RandomStream): Uint8Array {
  const data = new Uint8Array((colours.length / 3) * channels);
  for (let i = 0; i < data.length; i++) {
    const at = channels === 3 ? i : i * 3;
    const value =
      channels === 3
        ? (colours[at] as number)
        : luminance([colours[at] as number, colours[at + 1] as number, colours[at + 2] as number]);
    const shaken = value * 255 + (noise > 0 ? noise * noiseOf(random.bits()) : 0);
    data[i] = Math.floor(Math.min(255, Math.max(0, shaken + 0.5)));
  }
  return data;
}

/** Paints a scene; `noiseKey` is the stream of its noise. */
export function paint(scene: Scene, channels: 1 | 3, noiseKey: number): { picture: Picture; masks: readonly Uint8Array[] } {
  const { width, height, shapes, noise } = scene;
  const colours = new Float64Array(width * height * 3);
  paintBackground(scene, colours);
  const masks = shapes.map(() => new Uint8Array(width * height));
  for (const [index, shape] of shapes.entries()) paintShape(scene, shape, index, { colours, masks });
  const data = finish(colours, channels, noise, new RandomStream(noiseKey));
  return { picture: { width, height, channels, data }, masks };
}
