/** The receptive field: how much of the picture one position of the last feature map can see. */
import type { Graph, Node, OpName, Value } from '../compiler/ir/graph.ts';
import { normalizeAxes, normalizeAxis } from '../compiler/ops/shapes.ts';
import type { WindowAttrs } from '../compiler/ops/windows.ts';

/** What position 0 along one axis of a value sees of the picture, elements `from` to `to`; its neighbour sees as much, `step` further. */
interface View {
  /** The value's axis. */
  readonly axis: number;
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** The views along height and width; 'whole' when every element sees all of the picture. */
type Views = readonly View[] | 'whole';

/**
 * A window of k elements, d apart, begins at s·p − pad, so after it (Araujo et al. 2019, "Computing Receptive Fields of
 * Convolutional Neural Networks", equations 1 and 2, in terms of both ends):
 * from' = from − pad · step, to' = to + (d · (k − 1) − pad) · step, step' = s · step.
 */
function slide(views: readonly View[], kernel: readonly number[], attrs: WindowAttrs): readonly View[] {
  return views.map(({ axis, from, to, step }) => {
    const i = axis - 2;
    const [k, pad, dilation] = [kernel[i] ?? 1, attrs.padsBegin[i] ?? 0, attrs.dilations[i] ?? 1];
    const [first, last] = [-pad * step, (dilation * (k - 1) - pad) * step];
    return { axis, from: from + first, to: to + last, step: step * (attrs.strides[i] ?? 1) };
  });
}

/** The axes that stay as they are, with as many elements before them; 'whole' when one does not. */
function reshaped(views: readonly View[], from: readonly unknown[], to: readonly unknown[]): Views {
  const before = (shape: readonly unknown[], axis: number) => shape.slice(0, axis).reduce<number>((n, dim) => n * Number(dim), 1);
  const found = views.map((view) => {
    const count = before(from, view.axis);
    const axis = to.findIndex((dim, i) => dim === from[view.axis] && before(to, i) === count);
    return axis < 0 ? undefined : { ...view, axis };
  });
  const kept = found.filter((view) => view !== undefined);
  return kept.length === views.length ? kept : 'whole';
}

/** What an operator that mixes elements along these axes sees. */
function mixed(views: readonly View[], axes: readonly number[]): Views {
  return views.some(({ axis }) => axes.includes(axis)) ? 'whole' : views;
}

type Rule<K extends OpName> = (node: Node<K>, views: readonly View[], input: Value) => Views;

const rankOf = (value: Value): number => value.type.shape.length;
const outputOf = (node: Node): Value => node.outputs[0] as Value;

const pool: Rule<'maxPool' | 'avgPool'> = (node, views, input) => {
  const { attrs } = node;
  // One window over all of the map is global pooling.
  const global = views.every(
    ({ axis }) => outputOf(node).type.shape[axis] === 1 && attrs.kernel[axis - 2] === input.type.shape[axis],
  );
  const windows = { dilations: attrs.kernel.map(() => 1), ...attrs };
  return global && attrs.kernel.some((size) => size > 1) ? 'whole' : slide(views, attrs.kernel, windows);
};

const reduction: Rule<'sum' | 'mean' | 'max' | 'min' | 'sumSquare'> = ({ attrs }, views, input) => {
  const axes = normalizeAxes(attrs.axes, rankOf(input));
  const rest = mixed(views, axes);
  if (rest === 'whole' || attrs.keepDims) return rest;
  return rest.map((view) => ({ ...view, axis: view.axis - axes.filter((axis) => axis < view.axis).length }));
};

/** Operators that do more than compute each position from the same position of their inputs. */
const rules: { readonly [K in OpName]?: Rule<K> } = {
  conv: (node, views, input) =>
    input === node.inputs[0] ? slide(views, (node.inputs[1] as Value).type.shape.slice(2).map(Number), node.attrs) : 'whole',
  maxPool: pool,
  avgPool: pool,
  sum: reduction,
  mean: reduction,
  max: reduction,
  min: reduction,
  sumSquare: reduction,
  softmax: ({ attrs }, views, input) => mixed(views, [normalizeAxis(attrs.axis, rankOf(input))]),
  logSoftmax: ({ attrs }, views, input) => mixed(views, [normalizeAxis(attrs.axis, rankOf(input))]),
  concat: ({ attrs }, views, input) => mixed(views, [normalizeAxis(attrs.axis, rankOf(input))]),
  linear: (_, views, input) => mixed(views, [rankOf(input) - 1]),
  matmul: (_, views, input) => mixed(views, [rankOf(input) - 2, rankOf(input) - 1]),
  reshape: (node, views, input) => reshaped(views, input.type.shape, outputOf(node).type.shape),
  transpose: ({ attrs }, views, input) =>
    views.map((view) => ({ ...view, axis: attrs.perm.findIndex((axis) => normalizeAxis(axis, rankOf(input)) === view.axis) })),
  slice: ({ attrs }, views, input) => {
    const axes = normalizeAxes(attrs.axes, rankOf(input));
    return views.map((view) => {
      const i = axes.indexOf(view.axis);
      if (i < 0) return view;
      const first = Number(attrs.starts[i]) * view.step;
      return { ...view, from: view.from + first, to: view.to + first, step: view.step * (attrs.steps[i] ?? 1) };
    });
  },
  pad: ({ attrs }, views) =>
    views.map((view) => {
      const first = Number(attrs.before[view.axis] ?? 0) * view.step;
      return { ...view, from: view.from - first, to: view.to - first };
    }),
};

/** Each position from the same position of the input, whose axes are the last ones of the output: arithmetic and activations. */
function pointwise(node: Node, views: readonly View[], input: Value): Views {
  const shape = outputOf(node).type.shape;
  const shifted = views.map((view) => ({ ...view, axis: view.axis + shape.length - rankOf(input) }));
  const same = shifted.every(({ axis }, i) => shape[axis] === input.type.shape[views[i]?.axis ?? 0]);
  return same ? shifted : 'whole';
}

/** All that any of several sees of the picture. A gate, which sees it whole, counts for nothing beside what it scales. */
function joined(all: readonly Views[]): Views {
  const [first, ...rest] = all.filter((views) => views !== 'whole');
  if (!first) return 'whole';
  return first.map((view, i) => {
    const each = [view, ...rest.flatMap((views) => views[i] ?? [])];
    return {
      axis: view.axis,
      from: Math.min(...each.map(({ from }) => from)),
      to: Math.max(...each.map(({ to }) => to)),
      step: Math.max(...each.map(({ step }) => step)),
    };
  });
}

/**
 * The receptive field of the last feature map before global pooling or a linear layer, in picture elements along each spatial
 * axis, [height, width], over all paths through the graph. It may be larger than the picture, as it counts what padding stands
 * for. Squeeze-excitation would make it the whole picture in its first block: such gates are left out, so that the number
 * tells what convolutions and pools see. `undefined` when no feature map depends on the graph's first input.
 */
export function receptiveField(graph: Graph): readonly number[] | undefined {
  const picture = graph.inputs[0]?.value;
  if (!picture) return undefined;
  const spatial = picture.type.shape.map((_, axis) => axis).slice(2);
  const known = new Map<Value, Views>([[picture, spatial.map((axis) => ({ axis, from: 0, to: 0, step: 1 }))]]);
  const sizes = spatial.map(() => 0);
  const count = (views: readonly View[]) => {
    for (const [i, { from, to }] of views.entries()) sizes[i] = Math.max(sizes[i] ?? 0, to - from + 1);
  };
  for (const node of graph.nodes) {
    const seen = node.inputs.flatMap((input): Views[] => {
      const views = known.get(input);
      if (!views || views === 'whole') return views ? [views] : [];
      const rule = rules[node.op] as Rule<OpName> | undefined;
      const result = (rule ?? pointwise)(node, views, input);
      if (result === 'whole') count(views);
      return [result];
    });
    if (seen.length > 0) for (const output of node.outputs) known.set(output, joined(seen));
  }
  for (const { value } of graph.outputs) {
    const views = known.get(value);
    if (views && views !== 'whole') count(views);
  }
  return sizes.length > 0 && sizes.every((size) => size > 0) ? sizes : undefined;
}
