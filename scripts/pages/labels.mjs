/** Labels of points, each at the nearest free place: greedy, the important ones first; one without a place is left out. */

const overlap = (a, b) => {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
};

/** Places around a point, the nearest first: upper left corners of a box of this size. */
function* around({ x, y, width, height, rank }) {
  for (const distance of rank === 1 ? [8, 14, 22, 32, 44, 60] : [5, 9, 14]) {
    for (const turn of [0, -30, 30, 180, 150, 210, -60, 60, -90, 90, 120, 240]) {
      const angle = (turn * Math.PI) / 180;
      const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
      const left = x + dx * distance - width / 2 + (dx * width) / 2;
      const top = y + dy * distance - height / 2 + (dy * height) / 2;
      yield { x: left, y: top, width, height };
    }
  }
}

/**
 * @param labels `{ text, x, y, width, height, rank }` for points; rank 1 comes before 2 and may stand farther off
 * @param obstacles boxes to keep clear of; `soft` ones may be covered at a cost
 * @returns the placed ones, each `{ label, x, y }` with its upper left corner
 */
export function place(labels, obstacles, bounds) {
  const taken = [];
  const placed = [];
  const inside = (box) => overlap(box, bounds) >= box.width * box.height - 1e-6;
  for (const label of labels.toSorted((a, b) => a.rank - b.rank)) {
    let best;
    for (const box of around(label)) {
      if (!inside(box) || taken.some((other) => overlap(box, other) > 0)) continue;
      if (obstacles.some((other) => !other.soft && overlap(box, other) > 0)) continue;
      const cost = obstacles.reduce((sum, other) => sum + (other.soft && overlap(box, other) > 0 ? 1 : 0), 0);
      if (!best || cost < best.cost) best = { box, cost };
      if (cost === 0) break;
    }
    if (!best || (label.rank > 1 && best.cost > 3)) continue;
    taken.push(best.box);
    placed.push({ label, x: best.box.x, y: best.box.y });
  }
  return placed;
}
