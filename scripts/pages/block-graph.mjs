/** The inside of a block as boxes and edges: a convolution with its norm and activation is one box, a gate is one box. */
import { convLabel, kernelOf, shapeOf, strideLabel } from './units.mjs';

const activations = {
  relu: 'ReLU',
  clip: 'ReLU6',
  silu: 'SiLU',
  sigmoid: 'sigmoid',
  hardSwish: 'hard swish',
  hardSigmoid: 'hard sigmoid',
  gelu: 'GELU',
  tanh: 'tanh',
  batchNorm: 'batch norm',
  elu: 'ELU',
  leakyRelu: 'leaky ReLU',
};
const movers = new Set(['reshape', 'transpose', 'slice', 'expand']);

/** Modules that are drawn as one box, by class, with what is written into it. */
const gates = { SqueezeExcitation: 'squeeze-excitation' };
const norms = { LayerNorm: 'layer norm', LayerNorm2d: 'layer norm', LocalResponseNorm: 'response norm' };

function titleOf(node) {
  const shape = shapeOf(node);
  switch (node.op) {
    case 'conv':
      return `${convLabel(node)}${strideLabel(node)}, ${shape[1]}`;
    case 'linear':
      return `linear, ${shape.at(-1)}`;
    case 'maxPool':
      return `${kernelOf(node).join('×')} max pool${strideLabel(node)}`;
    case 'avgPool':
      return `${kernelOf(node).join('×')} average pool${strideLabel(node)}`;
    case 'mean':
      return 'mean';
    case 'concat':
      return 'concat';
    case 'add':
      return '+';
    case 'mul':
      return '×';
    default:
      return activations[node.op] ?? node.op;
  }
}

/**
 * The boxes of some nodes, each `{ title, more, kind, from: [boxes and the shapes between] }`, the first being what comes in.
 * `parameters` are the values that are weights.
 */
export function blockGraph(nodes, modules, parameters) {
  const start = { title: 'input', more: [], kind: 'end', from: [] };
  const boxes = [start];
  const made = new Map();
  const uses = new Map();
  for (const { inputs } of nodes) for (const value of inputs) uses.set(value, (uses.get(value) ?? 0) + 1);
  const groups = new Map();
  const splits = new Map();
  const open = (node, title, kind) => {
    const box = { title, more: [], kind, from: [], nodes: [] };
    boxes.push(box);
    link(box, node);
    return box;
  };
  const link = (box, node) => {
    for (const value of node.inputs) {
      if (parameters.has(value)) continue;
      const from = made.get(value) ?? start;
      if (from !== box && !box.from.some((edge) => edge.box === from && edge.value === value))
        box.from.push({ box: from, value });
    }
  };
  for (const node of nodes) {
    const group = groupOf(node.scope, modules);
    const data = node.inputs.filter((value) => !parameters.has(value));
    const before = data.length === 1 ? made.get(data[0]) : undefined;
    const alone = before && uses.get(data[0]) === 1;
    let box;
    if (group) {
      box = groups.get(group.path);
      if (!box) {
        // A norm stands in the box of what it norms, where nothing else reads that.
        box = group.norm && alone && before.kind === 'conv' ? before : open(node, group.title, group.norm ? 'norm' : 'gate');
        if (box === before) box.more.push(group.title);
        groups.set(group.path, box);
      } else link(box, node);
    } else if (node.op === 'conv' || node.op === 'linear') box = open(node, titleOf(node), 'conv');
    else if (
      alone &&
      before !== start &&
      (activations[node.op] || (node.op === 'mul' && data.length === 1)) &&
      !['end', 'mover'].includes(before.kind)
    ) {
      box = before;
      box.more.push(node.op === 'mul' ? 'layer scale' : titleOf(node));
    } else if (node.op === 'mul' && data.length === 1) box = open(node, 'layer scale', 'norm');
    else if (alone && movers.has(node.op) && before.kind === 'mover' && node.op !== 'slice') {
      box = before;
      box.ops.push(node.op);
      if (box.ops.join() === 'reshape,transpose,reshape') box.title = 'channel shuffle';
    } else if (movers.has(node.op) && node.op !== 'slice') {
      box = open(node, node.op, 'mover');
      box.ops = [node.op];
    } else if (node.op === 'slice') {
      // Parts of one value are one split.
      box = splits.get(data[0]) ?? open(node, 'split', 'other');
      splits.set(data[0], box);
    } else
      box = open(
        node,
        titleOf(node),
        node.op === 'add' || node.op === 'mul' ? 'joint' : node.op === 'concat' ? 'concat' : 'other',
      );
    for (const value of node.outputs) made.set(value, box);
  }
  const inside = new Set(nodes.flatMap(({ inputs }) => inputs));
  const end = { title: 'output', more: [], kind: 'end', from: [] };
  for (const node of nodes) {
    for (const value of node.outputs) {
      if (!inside.has(value) || node === nodes.at(-1)) end.from.push({ box: made.get(value), value });
    }
  }
  boxes.push(end);
  for (const { from } of boxes) for (const edge of from) edge.shape = edge.value.type.shape;
  return boxes;
}

function groupOf(scope, modules) {
  const parts = scope.split('.');
  for (let i = 1; i <= parts.length; i++) {
    const path = parts.slice(0, i).join('.');
    const name = modules.get(path)?.constructor.name;
    if (gates[name]) return { path, title: gates[name], norm: false };
    if (norms[name]) return { path, title: norms[name], norm: true };
  }
  return undefined;
}

/** What a block does, whatever its channels, its kernels and how much it joins: blocks with one signature are drawn once. */
export function signatureOf(boxes) {
  const index = new Map(boxes.map((box, i) => [box, i]));
  return boxes
    .map(({ title, more, from }) => {
      const sources = new Set(from.map(({ box }) => index.get(box)));
      return `${title.replace(/,[^,]*$/, '').replace(/\d+/g, '#')}|${more.join()}|${[...sources].join()}`;
    })
    .join('\n');
}
