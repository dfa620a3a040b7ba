/** A model's graph in few parts: units, the outermost modules that are more than lists, and stages, runs of units alike. */

const containers = new Set(['Sequential', 'ModuleList', 'ModuleDict']);

/** What adds nothing to a drawing: it belongs to the unit before it. */
const pointwise = new Set([
  'relu',
  'clip',
  'silu',
  'sigmoid',
  'hardSwish',
  'hardSigmoid',
  'gelu',
  'tanh',
  'batchNorm',
  'elu',
  'leakyRelu',
]);
const pools = { maxPool: 'max pool', avgPool: 'average pool', mean: 'global average' };

/** The path of the outermost module around a scope that is no container; '' for what the model does itself. */
export function unitPath(scope, modules) {
  const parts = scope.split('.');
  for (let i = 1; i <= parts.length; i++) {
    const path = parts.slice(0, i).join('.');
    const module = modules.get(path);
    if (module && !containers.has(module.constructor.name)) return path;
  }
  return '';
}

export const kernelOf = (node) => (node.op === 'conv' ? node.inputs[1].type.shape.slice(2) : node.attrs.kernel);
export const shapeOf = (node) => node.outputs[0].type.shape;
export const isDepthwise = (node) => node.op === 'conv' && node.attrs.groups > 1 && node.inputs[1].type.shape[1] === 1;

/** `64 × 56²`, `64 × 56 × 28`, `1000`: a shape without its batch. */
export function shapeText(shape) {
  const [, channels, height, width] = shape;
  if (shape.length !== 4) return shape.slice(1).join(' × ');
  if (height === 1 && width === 1) return String(channels);
  return height === width ? `${channels} × ${height}²` : `${channels} × ${height} × ${width}`;
}

/** `3×3 conv`, `3×3 depthwise`, `3×3 conv, 32 groups`. */
export function convLabel(node) {
  const kind = isDepthwise(node) ? 'depthwise' : 'conv';
  const groups = node.attrs.groups > 1 && !isDepthwise(node) ? `, ${node.attrs.groups} groups` : '';
  return `${kernelOf(node).join('×')} ${kind}${groups}`;
}

/** The stride as `/2`, or nothing. */
export function strideLabel(node) {
  const stride = Math.max(...(node.attrs.strides ?? [1]));
  return stride > 1 ? ` /${stride}` : '';
}

/** What a unit is, in a word or two, and what sort of thing it is; undefined for what belongs to the unit before. */
function describe(nodes, module) {
  const convs = nodes.filter(({ op }) => op === 'conv');
  const composite = convs.length > 1 || (convs.length === 1 && nodes.some(({ op }) => op === 'add' || op === 'concat'));
  const stride = [...convs, ...nodes.filter(({ op }) => pools[op])].map(strideLabel).sort().at(-1) ?? '';
  if (composite) {
    const spatial = convs.map((node) => kernelOf(node)).filter((kernel) => kernel.some((size) => size > 1));
    const largest = spatial.sort((a, b) => Math.max(...b) - Math.max(...a))[0];
    const kernels = new Set(spatial.map((kernel) => kernel.join('×')));
    const detail = kernels.size === 1 && largest ? largest.join('×') : '';
    return { kind: 'block', name: module?.constructor.name ?? 'block', detail, stride };
  }
  if (convs.length === 1) return { kind: 'conv', name: convLabel(convs[0]), detail: '', stride };
  const linear = nodes.find(({ op }) => op === 'linear');
  if (linear) return { kind: 'linear', name: 'linear', detail: '', stride: '' };
  const pool = nodes.find(({ op }) => pools[op]);
  if (pool) {
    const kernel = pool.op === 'mean' ? '' : `${kernelOf(pool).join('×')}`;
    return { kind: 'pool', name: pools[pool.op], detail: kernel, stride };
  }
  if (
    /Norm/.test(module?.constructor.name) ||
    nodes.every(({ op }) => pointwise.has(op) || ['reshape', 'transpose', 'cast'].includes(op))
  )
    return undefined;
  return module ? { kind: 'block', name: module.constructor.name, detail: '', stride: '' } : undefined;
}

/** A pool over all of the map is a global one. */
function isGlobal(node) {
  return (
    node.op === 'mean' ||
    (node.op === 'avgPool' &&
      shapeOf(node)
        .slice(2)
        .every((size) => size === 1))
  );
}

/** The parts that a unit is a row of, `{ name, count }`, where they are blocks of one class: the layers of a dense block. */
function innerRepeats(path, nodes, modules) {
  const children = [...modules].filter(([name]) => name.startsWith(`${path}.`) && !name.slice(path.length + 1).includes('.'));
  const names = new Set(children.map(([, module]) => module.constructor.name));
  const isBlock = ([name]) => nodes.filter(({ op, scope }) => op === 'conv' && scope.startsWith(`${name}.`)).length > 1;
  return children.length > 1 && names.size === 1 && children.every(isBlock)
    ? { name: [...names][0], count: children.length }
    : undefined;
}

/** The units of a graph in order, each `{ path, nodes, kind, name, detail, stride, input, output, params, multiplyAdds }`. */
export function unitsOf(graph, modules, costOf) {
  const runs = [];
  for (const node of graph.nodes) {
    const path = unitPath(node.scope, modules);
    const last = runs.at(-1);
    if (last && last.path === path && path !== '') last.nodes.push(node);
    else runs.push({ path, nodes: [node] });
  }
  const buffers = /(running_mean|running_var|num_batches_tracked)$/;
  const parameters = new Map(graph.parameters.map(({ name, value }) => [value, name]));
  const units = [];
  for (const { path, nodes } of runs) {
    // What the model does itself between its parts belongs to the part before.
    const what = describe(nodes, path === '' ? undefined : modules.get(path));
    if (what?.kind === 'pool' && nodes.some(isGlobal)) Object.assign(what, { name: 'global average', detail: '', stride: '' });
    const multiplyAdds = nodes.reduce((sum, node) => sum + costOf(node), 0);
    const used = new Set(nodes.flatMap((node) => node.inputs.filter((value) => parameters.has(value))));
    const trained = [...used].filter((value) => !buffers.test(parameters.get(value)));
    const params = trained.reduce((sum, { type }) => sum + type.shape.reduce((product, dim) => product * dim, 1), 0);
    const last = units.at(-1);
    if (!what && last) {
      last.nodes.push(...nodes);
      last.multiplyAdds += multiplyAdds;
      last.params += params;
    } else if (what) {
      const inputs = nodes[0].inputs.filter((value) => !parameters.has(value));
      const inner = what.kind === 'block' ? innerRepeats(path, nodes, modules) : undefined;
      units.push({ path, nodes, ...what, input: inputs[0]?.type.shape ?? [], inner, multiplyAdds, params });
    }
  }
  for (const unit of units) {
    const last = unit.nodes.at(-1);
    const before = last.inputs[0].type.shape;
    // Flattening at the end of a unit prepares the next one; what the unit gives is the map before it.
    unit.output = last.op === 'reshape' && before.length === 4 && shapeOf(last).length < 4 ? before : shapeOf(last);
  }
  return units;
}

/** Runs of units of one sort and one output shape, each `{ ...first unit, units, repeats }`. */
export function stagesOf(units) {
  const stages = [];
  for (const unit of units) {
    const last = stages.at(-1);
    const alike = (a, b) =>
      a.kind === b.kind && a.name === b.name && a.detail === b.detail && a.output.join() === b.output.join();
    if (last && alike(last, unit) && unit.stride === '') {
      last.units.push(unit);
      last.params += unit.params;
      last.multiplyAdds += unit.multiplyAdds;
    } else stages.push({ ...unit, units: [unit] });
  }
  for (const stage of stages) stage.repeats = stage.units.length > 1 ? stage.units.length : (stage.inner?.count ?? 1);
  return stages;
}
