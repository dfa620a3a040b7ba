/** Which blocks of a model are worth a drawing: each that does something else, the most common ones first. */
import { blockGraph, signatureOf } from './block-graph.mjs';

/** Drawings of one class of blocks, and of a model. */
const OF_CLASS = 3;
const OF_MODEL = 6;

/** Nodes below a module path. */
const below = (nodes, path) => nodes.filter(({ scope }) => scope === path || scope.startsWith(`${path}.`));

/** The parts of a unit that are drawn: itself, or the layers that it is a row of. */
function partsOf(unit, modules) {
  if (!unit.inner) return [{ path: unit.path, name: unit.name, nodes: below(unit.nodes, unit.path) }];
  // Of layers that join all before them the third shows how.
  const third = `${unit.path}.${[...modules.get(unit.path).children()][2]?.[0]}`;
  return [...modules]
    .filter(([path, module]) => path.startsWith(`${unit.path}.`) && module.constructor.name === unit.inner.name)
    .map(([path]) => ({ path, name: unit.inner.name, nodes: below(unit.nodes, path) }))
    .sort((a, b) => Number(b.path === third) - Number(a.path === third));
}

/** Blocks as `{ title, subtitle, boxes }` for drawing. */
export function blocksToDraw(units, graph, modules) {
  const parameters = new Set(graph.parameters.map(({ value }) => value));
  const found = new Map();
  for (const unit of units.filter(({ kind }) => kind === 'block')) {
    for (const { path, name, nodes } of partsOf(unit, modules)) {
      if (nodes.length === 0) continue;
      const boxes = blockGraph(nodes, modules, parameters);
      const key = `${name}\n${signatureOf(boxes)}`;
      const same = found.get(key);
      if (same) same.count += 1;
      else found.set(key, { title: name, path, boxes, count: 1, order: found.size });
    }
  }
  return [...found.values()]
    .sort((a, b) => b.count - a.count || a.order - b.order)
    .filter((block, i, all) => all.slice(0, i).filter(({ title }) => title === block.title).length < OF_CLASS)
    .slice(0, OF_MODEL)
    .sort((a, b) => a.order - b.order)
    .map(({ title, path, boxes, count }) => ({ title, boxes, subtitle: count > 1 ? `${path} and ${count - 1} like it` : path }));
}
