/**
 * Accuracy against a cost, the whole zoo in one picture: families are coloured lines, labels stand where they cover nothing.
 * Written here because placing labels is all the work: Vega's needs a native canvas, Observable Plot has none.
 */
import { place } from './labels.mjs';
import { element, INK, picture, SOFT, text, widthOf } from './svg.mjs';

const WIDTH = 880;
const HEIGHT = 740;
const PLOT = { left: 56, right: WIDTH - 26, top: 62, bottom: HEIGHT - 50 };

/** Dark enough to be read as text on white. */
export const PALETTE = [
  ...['#2563eb', '#dc2626', '#059669', '#d97706', '#7c3aed', '#0891b2', '#be185d', '#4d7c0f', '#92400e', '#475569'],
  ...['#9333ea', '#0f766e', '#ea580c', '#1e40af', '#a16207', '#db2777', '#166534', '#6d28d9', '#b91c1c', '#0369a1'],
];

/** 1, 2, 5, 10, ... within bounds. */
function logTicks(low, high) {
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const digit of [1, 2, 5]) {
      const tick = Number(`${digit}e${power}`);
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return ticks;
}

/**
 * @param title what stands above
 * @param axis what the horizontal, logarithmic axis shows
 * @param series `{ label, main, color, points: [{ name, x, y, least }] }` by family; `least` is the accuracy of older weights,
 *   `main` is false for a part of a family
 */
export function drawPlot(title, axis, series) {
  const points = series.flatMap(({ points }) => points);
  const [low, high] = [Math.min(...points.map(({ x }) => x)) / 1.25, Math.max(...points.map(({ x }) => x)) * 1.35];
  const [bottom, top] = [Math.min(...points.map(({ least }) => least)) - 1, Math.max(...points.map(({ y }) => y)) + 0.7];
  const px = (x) => PLOT.left + ((PLOT.right - PLOT.left) * Math.log(x / low)) / Math.log(high / low);
  // Logarithmic in the error: halving it is as far anywhere, and the crowd at the top has room.
  const py = (y) =>
    PLOT.bottom - ((PLOT.bottom - PLOT.top) * Math.log((100 - bottom) / (100 - y))) / Math.log((100 - bottom) / (100 - top));
  const grid = (attributes) => element('line', { stroke: '#e5e7eb', ...attributes });
  const parts = [
    text(PLOT.left - 36, 28, title, { size: 15, anchor: 'start', weight: 600 }),
    text(
      PLOT.left - 36,
      46,
      'ImageNet-1K top-1 accuracy, %, of the published weights; both axes are logarithmic, the vertical one in the error',
      {
        size: 11,
        anchor: 'start',
        fill: SOFT,
      },
    ),
    text(PLOT.right, HEIGHT - 14, axis, { size: 11, anchor: 'end', fill: SOFT }),
  ];
  for (const tick of logTicks(low, high)) {
    parts.push(
      grid({ x1: px(tick), x2: px(tick), y1: PLOT.top, y2: PLOT.bottom }),
      text(px(tick), PLOT.bottom + 16, tick, { size: 10, fill: SOFT }),
    );
  }
  for (let y = Math.ceil(bottom); y <= top; y++) {
    if (y % (y < 80 ? 5 : 2) !== 0) continue;
    parts.push(
      grid({ x1: PLOT.left, x2: PLOT.right, y1: py(y), y2: py(y) }),
      text(PLOT.left - 8, py(y) + 3.5, y, { size: 10, anchor: 'end', fill: SOFT }),
    );
  }
  const obstacles = [];
  const wanted = [];
  for (const { label, main, color, points: own } of series) {
    const line = own.map(({ x, y }) => `${px(x).toFixed(1)},${py(y).toFixed(1)}`);
    if (line.length > 1)
      parts.push(
        element('polyline', { points: line.join(' '), fill: 'none', stroke: color, 'stroke-width': 2, 'stroke-opacity': 0.75 }),
      );
    own.forEach((point, i) => {
      const [x, y, least] = [px(point.x), py(point.y), py(point.least)];
      if (least - y > 3) {
        parts.push(element('line', { x1: x, x2: x, y1: y, y2: least, stroke: color, 'stroke-dasharray': '2 2' }));
        parts.push(element('circle', { cx: x, cy: least, r: 2.5, fill: '#ffffff', stroke: color }));
        obstacles.push({ x: x - 3, y: least - 3, width: 6, height: 6 });
      }
      obstacles.push({ x: x - 4, y: y - 4, width: 8, height: 8 });
      const next = own[i + 1];
      for (let t = 0; next && t < 1; t += 0.1)
        obstacles.push({ x: x + t * (px(next.x) - x) - 1, y: y + t * (py(next.y) - y) - 1, width: 2, height: 2, soft: true });
      wanted.push({ text: point.short, points: [{ x, y }], color, size: 9, rank: 2 });
    });
    // Beside any of its points, the best one first.
    const points = own.toSorted((a, b) => b.y - a.y).map(({ x, y }) => ({ x: px(x), y: py(y) }));
    wanted.push({ text: label, points, color, size: main ? 12.5 : 11, weight: 600, rank: 1 });
  }
  for (const { color, points: own } of series) {
    for (const { x, y, name } of own)
      parts.push(element('circle', { cx: px(x), cy: py(y), r: 3.6, fill: color, stroke: '#ffffff' }, element('title', {}, name)));
  }
  const bounds = { x: PLOT.left, y: PLOT.top, width: PLOT.right - PLOT.left, height: PLOT.bottom - PLOT.top };
  const sized = wanted.map((label) => ({
    ...label,
    width: widthOf(label.text, label.size) * (label.weight ? 1.1 : 1),
    height: label.size,
  }));
  for (const { label, x, y } of place(sized, obstacles, bounds)) {
    parts.push(
      text(x, y + label.size * 0.82, label.text, {
        size: label.size,
        anchor: 'start',
        fill: label.color,
        weight: label.weight,
        halo: true,
      }),
    );
  }
  parts.push(element('line', { x1: PLOT.left, x2: PLOT.right, y1: PLOT.bottom, y2: PLOT.bottom, stroke: INK }));
  return picture(WIDTH, HEIGHT, title, parts);
}
