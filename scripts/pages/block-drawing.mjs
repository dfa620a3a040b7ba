/** Blocks drawn side by side from their graphs; dagre places boxes and bends edges. */
import { Graph, layout } from '@dagrejs/dagre';
import { arrowHead, element, INK, picture, SOFT, text, widthOf } from './svg.mjs';
import { shapeText } from './units.mjs';

const STYLE = {
  conv: { fill: '#dbeafe', stroke: '#3b82f6' },
  gate: { fill: '#fef3c7', stroke: '#f59e0b' },
  norm: { fill: '#f3f4f6', stroke: '#9ca3af' },
  joint: { fill: '#dcfce7', stroke: '#16a34a' },
  concat: { fill: '#dcfce7', stroke: '#16a34a' },
  mover: { fill: '#f3e8ff', stroke: '#9333ea' },
  other: { fill: '#f3f4f6', stroke: '#9ca3af' },
  end: { fill: '#ffffff', stroke: '#ffffff' },
};

function sizeOf({ kind, title, more }) {
  if (kind === 'joint') return { width: 24, height: 24 };
  if (kind === 'end') return { width: widthOf(title) + 8, height: 16 };
  const width = Math.max(widthOf(title, 11.5), widthOf(more.join(' · '), 10)) + 20;
  return { width, height: more.length > 0 ? 38 : 26 };
}

/** Boxes with the places that dagre gives them, and edges with their bends. */
function place(boxes) {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 22, ranksep: 18, edgesep: 14, marginx: 6, marginy: 6 });
  boxes.forEach((box, i) => {
    graph.setNode(String(i), { ...sizeOf(box), box });
  });
  boxes.forEach((box, i) => {
    box.from.forEach(({ box: from, shape }, j) => {
      // The shape stands on an edge where it differs from that before the box, and at both ends.
      const before = from.from[0]?.shape;
      const label =
        from.kind === 'end' || box.kind === 'end' || !before || before.join() !== shape.join() ? shapeText(shape) : '';
      const size = label ? { width: widthOf(label, 10) + 6, height: 13, labelpos: 'c' } : { width: 0, height: 0 };
      graph.setEdge(String(boxes.indexOf(from)), String(i), { label, ...size, weight: j === 0 ? 2 : 1 }, `${i}.${j}`);
    });
  });
  layout(graph);
  return graph;
}

/** A line through points with rounded corners. */
function path(points) {
  const [first, ...rest] = points.map(({ x, y }) => ({ x: Math.round(x * 10) / 10, y: Math.round(y * 10) / 10 }));
  if (rest.length === 1) return `M${first.x} ${first.y} L${rest[0].x} ${rest[0].y}`;
  let d = `M${first.x} ${first.y}`;
  rest.forEach((point, i) => {
    const next = rest[i + 1];
    if (!next) d += ` T${point.x} ${point.y}`;
    else if (i === rest.length - 2) d += ` Q${point.x} ${point.y} ${next.x} ${next.y}`;
    else d += ` Q${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`;
  });
  return d.replace(/ T[^T]*$/, '');
}

function drawBoxes(graph, left, top) {
  const parts = [];
  for (const id of graph.edges()) {
    const { points, label, x, y } = graph.edge(id);
    const moved = points.map((point) => ({ x: point.x + left, y: point.y + top }));
    const [before, end] = moved.slice(-2);
    parts.push(
      element('path', { d: path(moved), fill: 'none', stroke: '#9ca3af', 'stroke-width': 1.2 }),
      arrowHead(before.x, before.y, end.x, end.y),
    );
    if (label) {
      const width = widthOf(label, 10);
      parts.push(element('rect', { x: x + left - width / 2, y: y + top - 6, width, height: 12, fill: '#ffffff' }));
      parts.push(text(x + left, y + top + 3.5, label, { size: 10, fill: SOFT }));
    }
  }
  for (const id of graph.nodes()) {
    const { x, y, width, height, box } = graph.node(id);
    const [cx, cy] = [x + left, y + top];
    const { fill, stroke } = STYLE[box.kind];
    if (box.kind === 'joint')
      parts.push(element('circle', { cx, cy, r: 11, fill, stroke }), text(cx, cy + 5, box.title, { size: 15 }));
    else {
      if (box.kind !== 'end')
        parts.push(element('rect', { x: cx - width / 2, y: cy - height / 2, width, height, rx: 5, fill, stroke }));
      const first = box.more.length > 0 ? cy - 3 : cy + 4;
      parts.push(text(cx, first, box.title, { size: box.kind === 'end' ? 10.5 : 11.5, fill: box.kind === 'end' ? SOFT : INK }));
      if (box.more.length > 0) parts.push(text(cx, cy + 12, box.more.join(' · '), { size: 10, fill: SOFT }));
    }
  }
  return parts;
}

const WIDTH = 980;

/** One picture of several blocks, `{ title, subtitle, boxes }`, in rows that fit a page. */
export function drawBlocks(title, blocks) {
  const placed = blocks.map((block) => {
    const graph = place(block.boxes);
    const { width, height } = graph.graph();
    return {
      ...block,
      graph,
      height,
      inner: width,
      width: Math.max(width, widthOf(block.title, 13), widthOf(block.subtitle, 10)),
    };
  });
  const rows = [[]];
  let x = 24;
  for (const block of placed) {
    if (x + block.width > WIDTH && rows.at(-1).length > 0) {
      rows.push([]);
      x = 24;
    }
    rows.at(-1).push({ ...block, x });
    x += block.width + 48;
  }
  const parts = [];
  let top = 12;
  for (const row of rows) {
    for (const block of row) {
      const middle = block.x + block.width / 2;
      parts.push(
        text(middle, top + 18, block.title, { size: 13, weight: 600 }),
        text(middle, top + 33, block.subtitle, { size: 10, fill: SOFT }),
      );
      parts.push(...drawBoxes(block.graph, middle - block.inner / 2, top + 42));
    }
    top += 42 + Math.max(...row.map(({ height }) => height)) + 16;
  }
  const width = Math.max(...rows.flat().map((block) => block.x + block.width)) + 24;
  return picture(width, top, title, parts);
}
