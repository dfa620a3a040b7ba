/** Generated pictures and clips: the same bytes everywhere, and what is said of them is true of their pixels. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { motionNames, type ShapeObject, shapeClips, shapeNames, shapes } from '../../src/data/index.ts';
import { direction } from '../../src/data/shapes/turn.ts';

function digest(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 16);
}

/** Left, top, right and bottom edge of the ones of a mask. */
function edges(mask: Uint8Array, width: number): [number, number, number, number] {
  const at = Array.from(mask.keys()).filter((i) => mask[i] === 1);
  const xs = at.map((i) => i % width);
  const ys = at.map((i) => Math.floor(i / width));
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1];
}

test('directions are sines and cosines to the last digits', () => {
  for (let i = -40; i <= 80; i++) {
    const turns = i / 40 + 0.003;
    const { x, y } = direction(turns);
    expect(Math.abs(x - Math.cos(2 * Math.PI * turns))).toBeLessThan(2e-15);
    expect(Math.abs(y - Math.sin(2 * Math.PI * turns))).toBeLessThan(2e-15);
  }
});

describe('shapes', () => {
  test('are these bytes on every machine', () => {
    const pictures = (set: ReturnType<typeof shapes>): string =>
      digest(
        Array.from({ length: 24 }, (_, i) => set.get(i)).flatMap(({ picture, objects }) => [
          picture.data,
          ...objects.map(({ mask }) => mask),
        ]),
      );
    expect(pictures(shapes())).toBe('6c69a208aa60fb2c');
    expect(pictures(shapes({ seed: 7, size: [80, 48], objects: [1, 5], channels: 1, split: 'test' }))).toBe('706e9cd57ae37840');
  });

  test('have every class equally often, whatever the seed and split', () => {
    const set = shapes({ length: 80, seed: 5 });
    expect(set.classes).toEqual(shapeNames);
    for (const [label] of shapeNames.entries()) {
      expect(Array.from({ length: 80 }, (_, i) => set.label(i)).filter((each) => each === label).length).toBe(10);
    }
  });

  test('differ between seeds, splits and indices', () => {
    const all = [shapes(), shapes({ seed: 1 }), shapes({ split: 'test' }), shapes({ split: 'validation' })];
    const seen = all.flatMap((set) => Array.from({ length: 16 }, (_, i) => digest([set.get(i).picture.data])));
    expect(new Set(seen).size).toBe(64);
  });

  const set = shapes({ length: 64, size: 96, noise: 0 });
  const each = (check: (object: ShapeObject, index: number) => void): void => {
    for (let i = 0; i < 64; i++) check(set.get(i).objects[0] as ShapeObject, i);
  };

  test('lie within the picture, in a box as tight as a pixel', () => {
    each(({ box, mask }) => {
      const found = edges(mask, 96);
      for (const [i, edge] of box.entries()) expect(Math.abs(edge - (found[i] as number))).toBeLessThan(1.6);
      expect(Math.min(...box)).toBeGreaterThanOrEqual(0.99);
      expect(Math.max(...box)).toBeLessThanOrEqual(95.01);
    });
  });

  test('have their keypoints on their rim, the centre within the box', () => {
    each(({ box, keypoints, mask }) => {
      const [left, top, right, bottom] = box;
      const [center, up, rightmost, down, leftmost] = keypoints as [number, number][];
      expect([up?.[1], rightmost?.[0], down?.[1], leftmost?.[0]]).toEqual([top, right, bottom, left]);
      expect(center?.[0]).toBeGreaterThan(left);
      expect(center?.[1]).toBeLessThan(bottom);
      for (const [x, y] of [up, rightmost, down, leftmost] as [number, number][]) {
        const near = Array.from(mask.keys()).filter(
          (i) => mask[i] === 1 && Math.hypot((i % 96) + 0.5 - x, Math.floor(i / 96) + 0.5 - y) < 2.5,
        );
        expect(near.length).toBeGreaterThan(0);
      }
    });
  });

  test('have masks of the area that the shape has', () => {
    /** Areas of the shapes by their radius squared. */
    const areas = { circle: Math.PI * 0.81, square: 2, triangle: (3 * Math.sqrt(3)) / 4, ring: Math.PI * (0.9025 - 0.59 ** 2) };
    for (let i = 0; i < 64; i++) {
      const name = shapeNames[i % 8] as keyof typeof areas;
      if (!Object.hasOwn(areas, name)) continue;
      const { keypoints, mask } = set.get(i).objects[0] as ShapeObject;
      const [[centerX, centerY], ...rim] = keypoints as [[number, number], ...[number, number][]];
      const farthest = Math.max(...rim.map(([x, y]) => Math.hypot(x - centerX, y - centerY)));
      const radius = farthest / ({ circle: 0.9, ring: 0.95 }[name as string] ?? 1);
      const area = mask.reduce((sum, bit) => sum + bit, 0);
      expect(Math.abs(area / (areas[name] * radius * radius) - 1)).toBeLessThan(0.06);
    }
  });

  test('stand out from what is behind them', () => {
    each(({ mask }, index) => {
      const { data } = set.get(index).picture;
      const mean = (bit: number): number => {
        const luma = Array.from(mask.keys())
          .filter((i) => mask[i] === bit)
          .map((i) => 0.299 * (data[i * 3] ?? 0) + 0.587 * (data[i * 3 + 1] ?? 0) + 0.114 * (data[i * 3 + 2] ?? 0));
        return luma.reduce((a, b) => a + b, 0) / luma.length;
      };
      expect(Math.abs(mean(1) - mean(0))).toBeGreaterThan(15);
    });
  });

  test('hide each other from the front, and the label is the foremost one’s', () => {
    const crowd = shapes({ length: 40, size: 64, objects: 6 });
    let hidden = 0;
    for (let i = 0; i < 40; i++) {
      const { objects, label } = crowd.get(i);
      expect(objects.length).toBe(6);
      expect(objects[0]?.label).toBe(label);
      const covered = new Uint8Array(64 * 64);
      for (const { mask } of objects) {
        mask.forEach((bit, at) => {
          covered[at] = (covered[at] as number) + bit;
        });
        const [left, top, right, bottom] = edges(mask, 64);
        const box = objects.find((object) => object.mask === mask)?.box as readonly number[];
        if (
          right - left < (box[2] as number) - (box[0] as number) - 2 ||
          bottom - top < (box[3] as number) - (box[1] as number) - 2
        )
          hidden++;
      }
      expect(Math.max(...covered)).toBe(1);
    }
    expect(hidden).toBeGreaterThan(0);
  });

  test('without noise have edges of in-between values, with noise differ by it', () => {
    const loud = shapes({ length: 8, noise: 30, size: 64 });
    const quiet = shapes({ length: 8, noise: 0, size: 64 });
    const differences = Array.from({ length: 8 }, (_, i) => {
      const [a, b] = [loud.get(i).picture.data, quiet.get(i).picture.data];
      return Math.sqrt(a.reduce((sum, value, at) => sum + (value - (b[at] as number)) ** 2, 0) / a.length);
    });
    expect(Math.max(...differences)).toBeGreaterThan(10);
    expect(Math.max(...differences)).toBeLessThan(31);
  });

  test.each<[object, RegExp]>([
    [{ size: 8 }, /size must be a whole number from 16 to 4096, 8 came/],
    [{ length: -1 }, /length must be/],
    [{ seed: 0.5 }, /seed must be/],
    [{ channels: 2 }, /channels must be 1 or 3, 2 came/],
    [{ noise: -1 }, /noise must be/],
    [{ split: 'val' }, /split must be train, validation or test/],
    [{ shapes: [] }, /shapes must be some of circle/],
    [{ shapes: ['blob'] }, /blob came/],
    [{ shapes: ['star', 'star'] }, /each once/],
    [{ objects: [3, 2] }, /objects must be/],
    [{ colour: 1 }, /unknown option "colour"/],
  ])('refuse %j', (options, message) => {
    expect(() => shapes(options)).toThrow(message);
  });
});

describe('clips', () => {
  test('are these bytes on every machine', () => {
    const set = shapeClips({ length: 16, frames: 4 });
    expect(digest(Array.from({ length: 16 }, (_, i) => set.get(i)).flatMap(({ frames }) => frames.map(({ data }) => data)))).toBe(
      '805df9957975ecef',
    );
  });

  test('move as their class says, and only so', () => {
    const set = shapeClips({ length: 80, size: 64 });
    for (let i = 0; i < 80; i++) {
      const { boxes, shape } = set.get(i);
      const [first, last] = [boxes[0], boxes.at(-1)] as [readonly number[], readonly number[]];
      const [left, top, right, bottom] = last.map((edge, at) => edge - (first[at] as number)) as [number, number, number, number];
      const motion = motionNames[set.label(i)];
      const moved = { x: (left + right) / 2, y: (top + bottom) / 2, width: right - left };
      if (motion === 'right') expect(moved.x).toBeGreaterThan(15);
      if (motion === 'left') expect(moved.x).toBeLessThan(-15);
      if (motion === 'down') expect(moved.y).toBeGreaterThan(15);
      if (motion === 'up') expect(moved.y).toBeLessThan(-15);
      if (motion === 'growing') expect(moved.width).toBeGreaterThan(5);
      if (motion === 'shrinking') expect(moved.width).toBeLessThan(-5);
      if (motion === 'right' || motion === 'left') expect(Math.abs(moved.y)).toBeLessThan(1e-9);
      if (motion === 'clockwise' || motion === 'counterclockwise') expect(['circle', 'ring']).not.toContain(shape);
      for (const box of boxes) {
        expect(Math.min(...box)).toBeGreaterThanOrEqual(0.99);
        expect(Math.max(...box)).toBeLessThanOrEqual(63.01);
      }
    }
  });

  test('turn the way they say: an arrow’s tip goes round with the clock or against it', () => {
    const set = shapeClips({ length: 400, size: 64, noise: 0, frames: 9 });
    const ways = new Map<string, number[]>();
    for (let i = 0; i < 400; i++) {
      const { boxes, shape, label } = set.get(i);
      const motion = motionNames[label] as string;
      if (shape !== 'arrow' || !/clockwise/.test(motion)) continue;
      // The arrow is 1.95 long and 1.44 wide: it is widest when it lies, highest when it stands.
      const ratios = boxes.map(([left, top, right, bottom]) => (right - left) / (bottom - top));
      ways.set(motion, [...(ways.get(motion) ?? []), Math.max(...ratios) - Math.min(...ratios)]);
    }
    expect([...ways.keys()].sort()).toEqual(['clockwise', 'counterclockwise']);
    for (const spreads of ways.values()) expect(Math.min(...spreads)).toBeGreaterThan(0.1);
  });

  test('refuse what makes no sense', () => {
    expect(() => shapeClips({ frames: 1 })).toThrow(/frames must be a whole number from 2/);
    expect(() => shapeClips({ objects: 2 } as never)).toThrow(/unknown option "objects"/);
  });
});
