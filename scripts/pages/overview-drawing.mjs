/** A model at a glance: one slab for each unit, as high as its map is large and as wide as it has channels. */
import { arrowHead, element, INK, picture, SOFT, text, widthOf } from './svg.mjs';
import { shapeOf, shapeText } from './units.mjs';

const WIDTH = 920;
const MARGIN = 22;
const GAP = 20;
const TOP = 38;
const TALLEST = 124;

const COLORS = { conv: '#3b82f6', pool: '#9ca3af', linear: '#f59e0b', input: '#10b981' };
const BLOCKS = ['#6366f1', '#db2777', '#0d9488', '#9333ea', '#ea580c', '#65a30d'];

/** Square roots, so that 7 is still seen beside 224, and 16 channels beside 2048. */
const heightOf = (side, largest) => 14 + (TALLEST - 14) * Math.sqrt(side / largest);
const thicknessOf = (channels) => 3 + 0.55 * Math.sqrt(channels);

/** Lines under a group: its name in one or two lines, then kernel and stride, then how often. */
function linesOf({ kind, name, detail, stride, repeats, inner }) {
  const words =
    kind === 'block' && name.length > 12 ? name.split(/(?<=[a-z])(?=[A-Z][a-z])/) : name.split(/ (.*)/).filter(Boolean);
  const half = Math.ceil(words.length / 2);
  const named = kind === 'block' ? [words.slice(0, half).join(''), words.slice(half).join('')].filter(Boolean) : words;
  const size = [detail, stride.trim() && `stride ${stride.trim().slice(1)}`].filter(Boolean);
  const times = inner && repeats === inner.count ? `${repeats} layers` : repeats > 1 ? `× ${repeats}` : '';
  return [
    ...named.map((line) => ({ line, fill: INK })),
    ...[...size, times].filter(Boolean).map((line) => ({ line, fill: SOFT })),
  ];
}

function groupOf(stage, largest, color) {
  const { output, kind } = stage;
  const [, channels = 1, side = 1] = output;
  const flat = output.length < 4 || output[2] === 1;
  const height = flat
    ? heightOf(1, largest) + 26 * Math.min(1, Math.sqrt(channels / 4096))
    : heightOf(Math.max(side, output[3]), largest);
  const single = kind === 'pool' ? Math.min(7, thicknessOf(channels)) : flat ? 7 : thicknessOf(channels);
  const slabs = Math.max(1, stage.repeats);
  const shown = Math.min(single, slabs > 1 ? 200 / slabs : 40);
  const lines = linesOf(stage);
  const label = shapeText(output);
  const body = slabs * shown + (slabs - 1) * 2;
  return {
    stage,
    height,
    slabs,
    shown,
    lines,
    label,
    body,
    color,
    width: Math.max(body, widthOf(label), ...lines.map(({ line }) => widthOf(line, 10.5))),
  };
}

/** Which units of a stage have a shortcut: a sum of maps of one shape, one of them from a convolution. */
const skips = ({ units }) =>
  units.map(({ nodes }) => {
    const isSum = ({ op, inputs, outputs }) =>
      op === 'add' && inputs.every(({ type }) => type.shape.join() === shapeOf({ outputs }).join());
    return nodes.some(({ op }) => op === 'conv') && nodes.some(isSum);
  });

/** A group around the height `middle`; its lines of text begin at `foot`. */
function drawGroup(group, x, middle, foot) {
  const { height, slabs, shown, lines, label, body, color, stage } = group;
  const left = x + (group.width - body) / 2;
  const parts = [text(x + group.width / 2, middle - height / 2 - (skips(stage).some(Boolean) ? 15 : 8), label, { weight: 600 })];
  const residual = stage.inner ? [] : skips(stage);
  for (let i = 0; i < slabs; i++) {
    const at = left + i * (shown + 2);
    parts.push(
      element('rect', {
        x: at,
        y: middle - height / 2,
        width: shown,
        height,
        rx: 1.5,
        fill: color,
        'fill-opacity': 0.85,
        stroke: color,
      }),
    );
    if (residual[i]) {
      const [y, w] = [middle - height / 2 - 2, shown + 1];
      parts.push(
        element('path', {
          d: `M${Math.round(at * 10) / 10} ${Math.round(y * 10) / 10} q${Math.round(w * 5) / 10} -11 ${Math.round(w * 10) / 10} 0`,
          fill: 'none',
          stroke: INK,
          'stroke-width': 1.1,
        }),
      );
    }
  }
  lines.forEach(({ line, fill }, i) => {
    parts.push(text(x + group.width / 2, foot + 13 * i, line, { size: 10.5, fill }));
  });
  return parts;
}

/** Groups in as few rows as hold them, about equally long, with their places; closer together where that saves a row. */
function rowsOf(groups) {
  const total = (gap) => groups.reduce((sum, { width }) => sum + width + gap, -gap);
  const room = WIDTH - 2 * MARGIN;
  const gap = total(GAP) > room && total(12) <= room ? 12 : GAP;
  const count = Math.ceil(total(gap) / (room - (total(gap) > room ? 60 : 0)));
  const rows = [[]];
  let x = MARGIN;
  let before = 0;
  for (const group of groups) {
    const middle = before + group.width / 2;
    if (x + group.width + MARGIN > WIDTH || middle > (total(gap) * rows.length) / count) {
      rows.push([]);
      x = MARGIN;
    }
    rows.at(-1).push({ group, x });
    x += group.width + gap;
    before += group.width + gap;
  }
  return rows;
}

function arrow(from, to, middle) {
  const start = from.x + (from.group.width + from.group.body) / 2 + 3;
  const end = to.x + (to.group.width - to.group.body) / 2 - 3;
  const line = element('line', { x1: start, y1: middle, x2: end - 5, y2: middle, stroke: '#9ca3af' });
  return [line, arrowHead(start, middle, end, middle, '#9ca3af')];
}

/** The drawing of a model from its stages and its input shape. */
export function drawOverview(title, input, stages) {
  const names = [...new Set(stages.filter(({ kind }) => kind === 'block').map(({ name }) => name))];
  const colorOf = ({ kind, name }) => (kind === 'block' ? BLOCKS[names.indexOf(name) % BLOCKS.length] : COLORS[kind]);
  const largest = input[2] ?? 1;
  const first = { kind: 'input', name: 'picture', detail: '', stride: '', repeats: 1, output: input, units: [] };
  const rows = rowsOf([first, ...stages].map((stage) => groupOf(stage, largest, colorOf(stage))));
  const parts = [];
  let top = 4;
  for (const row of rows) {
    const tallest = Math.max(...row.map(({ group }) => group.height));
    const middle = top + TOP + tallest / 2;
    const foot = top + TOP + tallest + 18;
    row.forEach((at, i) => {
      if (row[i + 1]) parts.push(...arrow(at, row[i + 1], middle));
      parts.push(...drawGroup(at.group, at.x, middle, foot));
    });
    top = foot + 13 * Math.max(...row.map(({ group }) => group.lines.length)) - 4;
  }
  const used = Math.max(...rows.flat().map(({ group, x }) => x + group.width)) + MARGIN;
  return picture(used, top + 8, title, parts);
}
