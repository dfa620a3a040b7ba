/** Labels of points, each at the nearest free place: greedy, the important ones first; one without a place is left out. */

const overlap = (a, b) => {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
};

const TURNS = [0, -30, 30, 180, 150, 210, -60, 60, -90, 90, 120, 240];

/** Places around a label's points, the nearest first: boxes of its size with their distance. */
function* around({ points, width, height, rank }) {
  for (const distance of rank === 1 ? [7, 12, 18, 26, 36, 48, 60] : [5, 9, 14]) {
    for (const { x, y } of points) {
      for (const turn of TURNS) {
        const angle = (turn * Math.PI) / 180;
        const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
        const left = x + dx * distance - width / 2 + (dx * width) / 2;
        const top = y + dy * distance - height / 2 + (dy * height) / 2;
        yield { box: { x: left, y: top, width, height }, distance };
      }
    }
  }
}

/**
 * @param labels `{ text, points, width, height, rank }`: each beside one of its points; rank 1 comes before 2 and may stand farther off
 * @param obstacles boxes to keep clear of; `soft` ones may be covered at a cost
 * @returns the placed ones, each `{ label, x, y }` with its upper left corner
 */
export function place(labels, obstacles, bounds) {
  const taken = [];
  const placed = [];
  const inside = (box) => overlap(box, bounds) >= box.width * box.height - 1e-6;
  const hard = obstacles.filter(({ soft }) => !soft);
  const soft = obstacles.filter((obstacle) => obstacle.soft);
  for (const label of labels.toSorted((a, b) => a.rank - b.rank)) {
    let best;
    for (const { box, distance } of around(label)) {
      const least = distance / 6;
      if (best && least >= best.cost) break;
      if (!inside(box) || taken.some((other) => overlap(box, other) > 0) || hard.some((other) => overlap(box, other) > 0))
        continue;
      const cost = least + soft.filter((other) => overlap(box, other) > 0).length;
      if (!best || cost < best.cost) best = { box, cost };
    }
    if (!best || (label.rank > 1 && best.cost > 5)) continue;
    taken.push(best.box);
    placed.push({ label, x: best.box.x, y: best.box.y });
  }
  return placed;
}
