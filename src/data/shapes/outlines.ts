/** The shapes as unions of polygons, discs and one ring, in a frame of their own where they fit the unit circle. */
import { type Direction, direction } from './turn.ts';

/** Names of the shapes; their order is the order of the labels. */
export const shapeNames = ['circle', 'square', 'triangle', 'star', 'cross', 'ring', 'heart', 'arrow'] as const;
export type ShapeName = (typeof shapeNames)[number];

/** A part of a shape; a shape is the union of its parts. */
type Part =
  | { readonly kind: 'polygon'; readonly points: readonly Direction[] }
  /** A disc, or a ring of that width inside the radius. */
  | { readonly kind: 'disc'; readonly center: Direction; readonly radius: number; readonly width?: number };

/** The corners of a regular polygon; with two radii they alternate, as a star's do. */
function regular(corners: number, radii: readonly number[], start: number): Part {
  const points = Array.from({ length: corners }, (_, i) => {
    const at = direction(start + i / corners);
    const radius = radii[i % radii.length] as number;
    return { x: at.x * radius, y: at.y * radius };
  });
  return { kind: 'polygon', points };
}

function polygon(...points: readonly (readonly [number, number])[]): Part {
  return { kind: 'polygon', points: points.map(([x, y]) => ({ x, y })) };
}

/** Half a side of the square that a heart's two discs sit on. */
const LOBE = 0.52;
/** The heart's square stands on its corner; its upper sides' middles are the centres of the discs. */
const HALF = LOBE * Math.SQRT1_2 * 2;

/** A cross' half width and half length; its corners lie on the unit circle. */
const ARM = 0.32;
const REACH = Math.sqrt(1 - ARM * ARM);

const outlines: { readonly [K in ShapeName]: readonly Part[] } = {
  circle: [{ kind: 'disc', center: { x: 0, y: 0 }, radius: 0.9 }],
  square: [regular(4, [1], 1 / 8)],
  triangle: [regular(3, [1], 3 / 4)],
  star: [regular(10, [1, 0.42], 3 / 4)],
  cross: [
    polygon(
      [-ARM, -REACH],
      [ARM, -REACH],
      [ARM, -ARM],
      [REACH, -ARM],
      [REACH, ARM],
      [ARM, ARM],
      [ARM, REACH],
      [-ARM, REACH],
      [-ARM, ARM],
      [-REACH, ARM],
      [-REACH, -ARM],
      [-ARM, -ARM],
    ),
  ],
  ring: [{ kind: 'disc', center: { x: 0, y: 0 }, radius: 0.95, width: 0.36 }],
  heart: [
    polygon([0, 0.2 - HALF], [HALF, 0.2], [0, 0.2 + HALF], [-HALF, 0.2]),
    { kind: 'disc', center: { x: -HALF / 2, y: 0.2 - HALF / 2 }, radius: LOBE },
    { kind: 'disc', center: { x: HALF / 2, y: 0.2 - HALF / 2 }, radius: LOBE },
  ],
  arrow: [polygon([-0.95, -0.24], [0.05, -0.24], [0.05, -0.72], [1, 0], [0.05, 0.72], [0.05, 0.24], [-0.95, 0.24])],
};

/** Signed distance to a polygon: to its nearest side, negative when a ray from the point crosses an odd number of sides. */
function polygonDistance(points: readonly Direction[], x: number, y: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  let inside = false;
  let from = points.at(-1) as Direction;
  for (const to of points) {
    const sideX = to.x - from.x;
    const sideY = to.y - from.y;
    const along = ((x - from.x) * sideX + (y - from.y) * sideY) / (sideX * sideX + sideY * sideY);
    const t = Math.min(1, Math.max(0, along));
    const offX = x - from.x - t * sideX;
    const offY = y - from.y - t * sideY;
    nearest = Math.min(nearest, offX * offX + offY * offY);
    if (from.y > y !== to.y > y && x < from.x + (sideX * (y - from.y)) / sideY) inside = !inside;
    from = to;
  }
  return inside ? -Math.sqrt(nearest) : Math.sqrt(nearest);
}

/** Signed distance from a point to a shape, in the shape's frame; negative inside. */
export function shapeDistance(shape: ShapeName, x: number, y: number): number {
  let distance = Number.POSITIVE_INFINITY;
  for (const part of outlines[shape]) {
    if (part.kind === 'polygon') {
      distance = Math.min(distance, polygonDistance(part.points, x, y));
      continue;
    }
    const offX = x - part.center.x;
    const offY = y - part.center.y;
    const rim = Math.sqrt(offX * offX + offY * offY) - part.radius;
    const width = part.width;
    distance = Math.min(distance, width === undefined ? rim : Math.max(rim, -width - rim));
  }
  return distance;
}

/** The point of a shape that lies farthest in a direction of length 1, in the shape's frame. */
export function farthest(shape: ShapeName, towards: Direction): Direction {
  let best: Direction = { x: 0, y: 0 };
  let reach = Number.NEGATIVE_INFINITY;
  for (const part of outlines[shape]) {
    const points =
      part.kind === 'polygon'
        ? part.points
        : [{ x: part.center.x + towards.x * part.radius, y: part.center.y + towards.y * part.radius }];
    for (const point of points) {
      const along = point.x * towards.x + point.y * towards.y;
      if (along > reach) [best, reach] = [point, along];
    }
  }
  return best;
}
