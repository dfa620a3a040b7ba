/**
 * Reverse-mode automatic differentiation. The gradient is a graph too: it adds ordinary nodes to the builder that made
 * the loss. It names no operator; the two it needs are handed in.
 */
import { dtypes } from '../../base/dtype.ts';
import { OcelliError } from '../../base/errors.ts';
import type { Builder } from '../ir/builder.ts';
import { describeType, type Node, sameType, type Value } from '../ir/graph.ts';
import { gradientParts } from '../ops/gradient-parts.ts';
import type { GradientRule } from '../ops/rules.ts';
import { rulesOf } from '../ops/table.ts';

export interface GradOptions {
  /** The gradient of the objective with respect to `loss`, of its type; ones when left out. */
  readonly seed?: Value;
}

/**
 * The gradients of `loss` with respect to each of `wrt`, in their order and of their types.
 * Chain rule over the nodes in reverse order of making; where a value is used several times its gradients are added.
 * A value the loss does not depend on gets zeros.
 *
 * @param loss a floating-point value, usually a scalar; its elements are summed
 * @throws shape when the seed is not of the loss' type
 * @throws usage when `loss` depends on one of `wrt` through an operator that has no gradient
 */
export function grad(loss: Value, wrt: readonly Value[], options: GradOptions = {}): readonly Value[] {
  if (!dtypes[loss.type.dtype].floating) {
    throw new OcelliError('usage', `grad: the loss must be floating point, ${describeType(loss.type)} came`);
  }
  const { seed } = options;
  if (seed && !sameType(seed.type, loss.type)) {
    throw new OcelliError(
      'shape',
      `grad: the seed must be of the loss' type ${describeType(loss.type)}, ${describeType(seed.type)} came`,
    );
  }
  const builder = loss.builder;
  if (wrt.some((value) => value.builder !== builder)) {
    throw new OcelliError('usage', 'grad: the loss and what it is differentiated by must be values of one graph');
  }
  const forward = [...builder.nodes];
  const active = valuesThatDependOn(forward, wrt);
  const gradients = new Map<Value, Value>([[loss, seed ?? gradientParts.ones(loss, builder)]]);

  for (const node of forward.reverse()) {
    const dOutputs = node.outputs.map((output) => gradients.get(output) ?? null);
    const wanted = node.inputs.map((input) => active.has(input));
    if (dOutputs.every((d) => d === null) || !wanted.includes(true)) continue;
    const dInputs = builder.inScope(node.scope, () => backward(node, dOutputs, wanted, builder));
    dInputs.forEach((d, i) => {
      const input = node.inputs[i] as Value;
      if (d === null || !wanted[i]) return;
      const sofar = gradients.get(input);
      gradients.set(input, sofar ? builder.inScope(node.scope, () => gradientParts.add(sofar, d, builder)) : d);
    });
  }
  return wrt.map((value) => gradients.get(value) ?? gradientParts.zeros(value, builder));
}

function backward(
  node: Node,
  dOutputs: readonly (Value | null)[],
  wanted: readonly boolean[],
  builder: Builder,
): readonly (Value | null)[] {
  const rule = rulesOf(node).gradient as 'none' | GradientRule<never>;
  if (rule === 'none') {
    const where = node.scope === '' ? node.op : `${node.op} (${node.scope})`;
    throw new OcelliError('usage', `grad: ${where} has no gradient, but the loss depends on a wanted value through it`);
  }
  return rule(node as never, dOutputs, wanted, builder);
}

/** All values computed from `roots`, the roots among them, that can carry a gradient. */
function valuesThatDependOn(nodes: readonly Node[], roots: readonly Value[]): ReadonlySet<Value> {
  const active = new Set(roots);
  for (const node of nodes) {
    if (!node.inputs.some((input) => active.has(input))) continue;
    for (const output of node.outputs) {
      if (dtypes[output.type.dtype].floating) active.add(output);
    }
  }
  return active;
}
