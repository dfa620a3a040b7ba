/** The whole training step as one graph: forward, loss, backward, optimizer, running statistics. */
import { OcelliError } from '../base/errors.ts';
import { grad } from '../compiler/autodiff/grad.ts';
import { describeType, type Graph, type Node, type Port, type TensorType, type Value } from '../compiler/ir/graph.ts';
import { deadCode } from '../compiler/passes/dead-code.ts';
import type { AnyModule } from '../nn/module.ts';
import type { Parameter } from '../nn/parameter.ts';
import { pathsOf } from '../nn/trace.ts';
import { type MaskInput, Trace } from '../nn/trace-context.ts';

/** What an optimizer is to a graph: per parameter, new values from old ones and the gradient. */
export interface OptimizerRule {
  /** Names of the tensors it keeps per parameter, of the parameter's shape and first zero: `['momentum']`. */
  readonly slots: readonly string[];
  /** Names of scalars fed at every step: `['learningRate']`. */
  readonly scalars: readonly string[];
  update(step: {
    readonly parameter: Parameter;
    readonly path: string;
    readonly value: Value;
    readonly gradient: Value;
    readonly slots: Readonly<Record<string, Value>>;
    readonly scalars: Readonly<Record<string, Value>>;
  }): { readonly value: Value; readonly slots: Readonly<Record<string, Value>> };
}

export interface TrainingStepOptions {
  /** What the model takes, by name, in the order of its forward; static shapes. */
  readonly inputs: Readonly<Record<string, TensorType>>;
  /** What the loss takes beside the model's output, by name. */
  readonly targets: Readonly<Record<string, TensorType>>;
  /** The scalar to make small. */
  readonly loss: (output: Value, targets: Readonly<Record<string, Value>>) => Value;
  readonly optimizer: OptimizerRule;
  /** Further outputs: the model's output under `output`, gradients under `grad:<key>`. Default neither. */
  readonly expose?: { readonly output?: boolean; readonly gradients?: boolean };
}

/** A tensor that a step takes and gives back changed. */
export interface StateTensor {
  /** The input's name: the state-dict key, or `<slot>:<key>`. */
  readonly input: string;
  /** The output's name: `next:<input>`. */
  readonly output: string;
  readonly type: TensorType;
  /** The parameter or buffer it is; undefined for what the optimizer keeps. */
  readonly parameter: Parameter | undefined;
  /** True for the optimizer's tensors whose every use goes into the new value, which may then be written over the old one. */
  readonly overwritable: boolean;
}

export interface TrainingGraph {
  /** Outputs: `loss` (float32 scalar), `next:<name>` of every state tensor, and what was exposed. */
  readonly graph: Graph;
  readonly state: readonly StateTensor[];
  /** Parameters and buffers the step reads but leaves as they are (frozen ones). */
  readonly constants: readonly Port[];
  readonly masks: readonly MaskInput[];
}

/**
 * Traces a training step of `model`.
 * @throws usage when there is nothing to train
 * @throws shape when shapes do not fit, naming operator and module path
 */
export function traceTrainingStep(
  model: { call(...inputs: readonly Value[]): Value } & AnyModule,
  options: TrainingStepOptions,
): TrainingGraph {
  const builder = new Trace(pathsOf(model), 'training');
  const inputs = portsOf(builder, options.inputs);
  const targets = portsOf(builder, options.targets);
  const output = model.call(...Object.values(inputs));
  const loss = options.loss(output, targets);
  if (loss.type.shape.length > 0) {
    throw new OcelliError('shape', `training: the loss must be a scalar, ${describeType(loss.type)} came; take its mean or sum`);
  }
  const outputs: Port[] = [{ name: 'loss', value: loss }];
  if (options.expose?.output) outputs.push({ name: 'output', value: output });

  const trained = [...builder.usedParameters].filter(([parameter]) => parameter.trainable);
  if (trained.length === 0) throw new OcelliError('usage', 'training: every parameter is frozen, there is nothing to train');
  const gradients = grad(
    loss,
    trained.map(([, value]) => value),
  );

  const state: Omit<StateTensor, 'overwritable'>[] = [];
  const slotValues = new Map<string, readonly [Value, Value]>();
  const keep = (input: string, before: Value, after: Value, parameter: Parameter | undefined): void => {
    const name = `next:${input}`;
    state.push({ input, output: name, type: before.type, parameter });
    if (!parameter) slotValues.set(input, [before, after]);
    outputs.push({ name, value: after });
  };
  for (const { path, parameter, value } of builder.updates) keep(path, builder.of(parameter), value, parameter);
  const scalars = portsOf(
    builder,
    Object.fromEntries(options.optimizer.scalars.map((name) => [name, { dtype: 'float32' as const, shape: [] }])),
  );
  // ONNX Runtime runs depth first from the last node back, so the updates stand in the order of the forward run: then a
  // weight's gradient is taken as soon as the backward run reaches it, and the activations it needs are given back.
  trained.forEach(([parameter, value], i) => {
    const path = builder.pathOf(parameter);
    const gradient = gradients[i] as Value;
    const slots = portsOf(
      builder,
      Object.fromEntries(options.optimizer.slots.map((slot) => [`${slot}:${path}`, value.type])),
      (name) => name.slice(0, name.indexOf(':')),
    );
    const next = builder.inScope(`update.${path}`, () =>
      options.optimizer.update({ parameter, path, value, gradient, slots, scalars }),
    );
    for (const slot of options.optimizer.slots) {
      keep(`${slot}:${path}`, slots[slot] as Value, next.slots[slot] as Value, undefined);
    }
    keep(path, value, next.value, parameter);
    if (options.expose?.gradients) outputs.push({ name: `grad:${path}`, value: gradient });
  });

  const graph = deadCode(builder.build(outputs));
  const changing = new Set(state.map(({ input }) => input));
  const constants = graph.parameters.filter(({ name }) => !changing.has(name));
  const usersOf = users(graph.nodes);
  const withOverwritable = state.map((tensor) => {
    const [before, after] = slotValues.get(tensor.input) ?? [];
    return { ...tensor, overwritable: before !== undefined && after !== undefined && replaces(before, after, usersOf) };
  });
  return { graph, state: withOverwritable, constants, masks: builder.masks };
}

function users(nodes: readonly Node[]): ReadonlyMap<Value, readonly Node[]> {
  const map = new Map<Value, Node[]>();
  for (const node of nodes) {
    for (const input of new Set(node.inputs)) {
      const known = map.get(input);
      if (known) known.push(node);
      else map.set(input, [node]);
    }
  }
  return map;
}

/** True when every node that reads `before` lies upstream of the node that makes `after`, which itself does not read it. */
function replaces(before: Value, after: Value, usersOf: ReadonlyMap<Value, readonly Node[]>): boolean {
  const leadsToAfter = (node: Node): boolean =>
    node.outputs.some((output) => (usersOf.get(output) ?? []).some((user) => user.outputs.includes(after) || leadsToAfter(user)));
  return (usersOf.get(before) ?? []).every((node) => !node.outputs.includes(after) && leadsToAfter(node));
}

/** Adds inputs and gives their values by `key(name)`. */
function portsOf(
  builder: Trace,
  types: Readonly<Record<string, TensorType>>,
  key: (name: string) => string = (name) => name,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(types).map(([name, type]) => [key(name), builder.input(name, type)]));
}
