/** The inside of a block as boxes and edges: a convolution with its norm and activation is one box, a gate is one box. */
import { squashes } from './patterns.mjs';
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

/** Values that the input has no part in: weights, numbers, and what is made of them alone. */
function constantsOf(nodes, parameters) {
  const constants = new Set(parameters);
  for (const { inputs, outputs } of nodes) {
    if (inputs.every((value) => constants.has(value))) for (const value of outputs) constants.add(value);
  }
  return constants;
}

/** What a product with something constant is: a scale with trained numbers or with one number. */
function scaleTitle(node, nodes) {
  const number = nodes.find(({ op, outputs }) => op === 'constant' && node.inputs.includes(outputs[0]));
  return number ? `× ${Number(Number(number.attrs.value?.data?.[0]).toPrecision(3))}` : 'layer scale';
}

/** Boxes under construction: which box made a value, and how often a value is read. */
class Drawing {
  start = { title: 'input', more: [], kind: 'end', from: [] };
  boxes = [this.start];
  made = new Map();
  groups = new Map();

  constructor(nodes, modules, parameters) {
    this.modules = modules;
    this.constants = constantsOf(nodes, parameters);
    this.nodes = nodes.filter(({ outputs }) => !this.constants.has(outputs[0]));
    this.all = nodes;
    this.squashes = squashes(this.nodes, this.constants);
    this.uses = new Map();
    for (const { inputs } of this.nodes) for (const value of inputs) this.uses.set(value, (this.uses.get(value) ?? 0) + 1);
  }

  dataOf(node) {
    return node.inputs.filter((value) => !this.constants.has(value));
  }

  link(box, node) {
    for (const value of this.dataOf(node)) {
      const from = this.made.get(value) ?? this.start;
      if (from !== box && !box.from.some((edge) => edge.value === value))
        box.from.push({ box: from, value, shape: value.type.shape });
    }
    return box;
  }

  open(node, title, kind) {
    const box = { title, more: [], kind, from: [], ops: [node.op] };
    this.boxes.push(box);
    return this.link(box, node);
  }

  /** The box of what a node alone reads, if it may take more in. */
  before(node) {
    const data = this.dataOf(node);
    const box = data.length === 1 && this.uses.get(data[0]) === 1 ? this.made.get(data[0]) : undefined;
    return box === this.start ? undefined : box;
  }

  /** The box of a group of nodes under one key. */
  grouped(key, node, title, kind, host) {
    const known = this.groups.get(key);
    if (known) return this.link(known, node);
    const box = host ?? this.open(node, title, kind);
    if (host) host.more.push(title);
    this.groups.set(key, box);
    return box;
  }

  boxOf(node) {
    const before = this.before(node);
    const scale = node.op === 'mul' && this.dataOf(node).length === 1;
    const group = groupOf(node.scope, this.modules);
    // A norm stands in the box of what it norms, where nothing else reads that.
    if (group?.norm) return this.grouped(group.path, node, group.title, 'norm', before?.kind === 'conv' ? before : undefined);
    if (group) return this.grouped(group.path, node, group.title, 'gate');
    const squash = [...this.squashes.values()].find((members) => members.includes(node));
    if (squash) return this.grouped(squash, node, 'squash', 'gate');
    if (node.op === 'conv' || node.op === 'linear') return this.open(node, titleOf(node), 'conv');
    if (activations[node.op] || scale) {
      const title = scale ? scaleTitle(node, this.all) : titleOf(node);
      if (!before || before.kind === 'mover') return this.open(node, title, 'norm');
      before.more.push(title);
      return before;
    }
    // Parts of one value are one split.
    if (node.op === 'slice') return this.grouped(this.dataOf(node)[0], node, 'split', 'other');
    if (movers.has(node.op)) {
      if (before?.kind !== 'mover') return this.open(node, node.op, 'mover');
      before.ops.push(node.op);
      if (before.ops.join() === 'reshape,transpose,reshape' && shapeOf(node).length === 4) before.title = 'channel shuffle';
      return before;
    }
    if (node.op === 'matmul') return this.open(node, this.dataOf(node).length === 1 ? 'product with weights' : 'product', 'conv');
    if (node.op === 'add' || node.op === 'mul') return this.open(node, titleOf(node), 'joint');
    return this.open(node, titleOf(node), node.op === 'concat' ? 'concat' : 'other');
  }

  finish() {
    for (const node of this.nodes) {
      const box = this.boxOf(node);
      for (const value of node.outputs) this.made.set(value, box);
    }
    const end = { title: 'output', more: [], kind: 'end', from: [] };
    for (const node of this.nodes) {
      for (const value of node.outputs) {
        if (!this.uses.has(value) || node === this.nodes.at(-1))
          end.from.push({ box: this.made.get(value), value, shape: value.type.shape });
      }
    }
    return [...this.boxes, end];
  }
}

/**
 * The boxes of some nodes, each `{ title, more, kind, from }`, `from` being what it reads, `{ box, value, shape }`; the first is what
 * comes in, the last what goes out. `parameters` are the values that are weights.
 */
export function blockGraph(nodes, modules, parameters) {
  return new Drawing(nodes, modules, parameters).finish();
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
