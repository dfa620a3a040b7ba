/** The whole training step as one graph: forward, loss, backward, optimizer, running statistics. */
import { checkKeys, OcelliError } from '../base/errors.ts';
import { grad } from '../compiler/autodiff/grad.ts';
import { describeType, type Graph, type Port, type TensorType, type Value } from '../compiler/ir/graph.ts';
import { deadCode } from '../compiler/passes/dead-code.ts';
import { add, full } from '../nn/functional.ts';
import type { AnyModule } from '../nn/module.ts';
import { pathsOf } from '../nn/trace.ts';
import { type MaskInput, Trace } from '../nn/trace-context.ts';
import type { StepLoss } from '../nn/training-loss.ts';
import { clipByNorm, globalNorm } from './clip-norm.ts';
import { MicroBatches } from './micro-batches.ts';
import { MovingAverage } from './moving-average.ts';
import type { OptimizerRule, Values } from './optimizer-rule.ts';
import { leastMemory } from './recomputation.ts';
import { StateBuilder, type StateTensor } from './training-state.ts';

export interface TrainingStepOptions {
  /** What the model takes, by name, in the order of its forward; static shapes. */
  readonly inputs: Readonly<Record<string, TensorType>>;
  /** What the loss takes beside the model's output, by name. */
  readonly targets: Readonly<Record<string, TensorType>>;
  /** Paths of modules whose results the loss takes, such as auxiliary heads. Default none. */
  readonly features?: readonly string[];
  /** The scalar to make small, of the model's output, the targets, the wanted features and the inputs. */
  readonly loss: StepLoss;
  readonly optimizer: OptimizerRule;
  /** Gradients whose norm, all together, is above this are scaled down to it (torch.nn.utils.clip_grad_norm_). Default: none are. */
  readonly clipNorm?: number;
  /**
   * Micro-batches per update: gradients are averaged over this many runs, and weights, the optimizer's tensors and averages
   * move in the last of them alone; running statistics move in each. Default 1.
   */
  readonly accumulate?: number;
  /** Keeps the exponential moving average of all parameters and running statistics under `ema:<key>`. Default: none. */
  readonly ema?: { readonly decay: number };
  /**
   * Keeps few activations for the backward run and computes the others again: less memory, more time, the same bits (Chen et al.
   * 2016, arXiv:1604.06174). Default false.
   */
  readonly recompute?: boolean;
  /**
   * Further outputs: the model's output under `output`; under `grad:<key>` this run's gradients, before accumulation and
   * clipping; under `gradientNorm` the norm of all gradients after accumulation and before clipping, which `clipNorm` gives too.
   * Default none.
   */
  readonly expose?: { readonly output?: boolean; readonly gradients?: boolean; readonly gradientNorm?: boolean };
}

export interface TrainingGraph {
  /** Outputs: `loss` (float32 scalar), `next:<name>` of every state tensor, and what was exposed. */
  readonly graph: Graph;
  /** The same before `recompute`: what the step computes, however it does. */
  readonly traced: Graph;
  readonly state: readonly StateTensor[];
  /** Parameters and buffers the step reads but leaves as they are (frozen ones). */
  readonly constants: readonly Port[];
  readonly masks: readonly MaskInput[];
  /** Names of the float32 scalars that are fed at every step. */
  readonly scalars: readonly string[];
  /** Runs per update. */
  readonly accumulate: number;
}

/** What else a step keeps; slots take other names. */
const reserved = ['accumulated', 'counter', 'ema', 'grad', 'mask', 'next'];

/**
 * Traces a training step of `model`.
 * @throws usage when there is nothing to train or an option is out of range
 * @throws shape when shapes do not fit, naming operator and module path
 */
export function traceTrainingStep(
  model: { call(...inputs: readonly Value[]): Value } & AnyModule,
  options: TrainingStepOptions,
): TrainingGraph {
  const { optimizer, features = [], expose = {}, accumulate = 1, clipNorm } = options;
  checkOptions(options);
  const builder = new Trace(pathsOf(model), 'training', features);
  const inputs = portsOf(builder, options.inputs);
  const targets = portsOf(builder, options.targets);
  const output = model.call(...Object.values(inputs));
  const loss = options.loss(output, targets, { features: Object.fromEntries(builder.features), inputs });
  if (loss.type.shape.length > 0) {
    throw new OcelliError('shape', `training: the loss must be a scalar, ${describeType(loss.type)} came; take its mean or sum`);
  }
  const outputs: Port[] = [{ name: 'loss', value: loss }];
  if (expose.output) outputs.push({ name: 'output', value: output });

  const trained = [...builder.usedParameters].filter(([parameter]) => parameter.trainable);
  if (trained.length === 0) throw new OcelliError('usage', 'training: every parameter is frozen, there is nothing to train');
  const gradients = grad(
    loss,
    trained.map(([, value]) => value),
    accumulate > 1 ? { seed: full(loss, [], 1 / accumulate) } : {},
  );

  const state = new StateBuilder(builder);
  const micro = accumulate > 1 ? new MicroBatches(state, accumulate) : undefined;
  const average = options.ema && new MovingAverage(state, options.ema.decay, micro);
  const whenDue = (after: Value, before: Value): Value => micro?.choose(after, before) ?? after;
  for (const { path, parameter, value } of builder.updates) {
    state.nextOf(parameter, value);
    average?.keep(path, value);
  }
  const scalars = portsOf(builder, Object.fromEntries(optimizer.scalars.map((name) => [name, scalarType])));
  const shared = sharedValues(state, optimizer, scalars, whenDue);
  const sums = micro ? trained.map(([parameter], i) => micro.sum(builder.pathOf(parameter), gradients[i] as Value)) : gradients;
  const norm = clipNorm !== undefined || expose.gradientNorm ? globalNorm(sums) : undefined;
  const applied = norm && clipNorm !== undefined ? clipByNorm(sums, norm, clipNorm) : sums;
  if (norm) outputs.push({ name: 'gradientNorm', value: norm });

  // ONNX Runtime runs depth first from the last node back, so the updates stand in the order of the forward run: then a
  // weight's gradient is taken as soon as the backward run reaches it, and the activations it needs are given back.
  trained.forEach(([parameter, value], i) => {
    const path = builder.pathOf(parameter);
    const slots = Object.fromEntries(
      optimizer.slots.map(({ name, initial }) => [
        name,
        state.input(`${name}:${path}`, value.type, initial === 'weight' ? { key: path } : initial),
      ]),
    );
    builder.inScope(`update.${path}`, () => {
      micro?.keep(path, sums[i] as Value);
      const next = optimizer.update({ parameter, path, value, gradient: applied[i] as Value, slots, scalars, shared });
      for (const [name, before] of Object.entries(slots)) {
        state.next(`${name}:${path}`, whenDue(next.slots[name] as Value, before));
      }
      const after = whenDue(next.value, value);
      state.nextOf(parameter, after);
      average?.keep(path, after);
    });
    if (expose.gradients) outputs.push({ name: `grad:${path}`, value: gradients[i] as Value });
  });

  const traced = deadCode(builder.build([...outputs, ...state.outputs]));
  const kept = state.finish();
  const graph = options.recompute ? leastMemory(traced, loss, kept) : traced;
  const changing = new Set(kept.map(({ input }) => input));
  const constants = graph.parameters.filter(({ name }) => !changing.has(name));
  return { graph, traced, state: kept, constants, masks: builder.masks, scalars: optimizer.scalars, accumulate };
}

const scalarType: TensorType = { dtype: 'float32', shape: [] };

function checkOptions({ accumulate = 1, clipNorm, ema, expose, optimizer }: TrainingStepOptions): void {
  if (!(Number.isInteger(accumulate) && accumulate >= 1)) {
    throw new OcelliError('usage', `training: accumulate is a whole number of micro-batches from 1, ${accumulate} came`);
  }
  if (clipNorm !== undefined && !(clipNorm > 0)) {
    throw new OcelliError('usage', `training: clipNorm is a norm above 0, ${clipNorm} came; leave it out to clip nothing`);
  }
  if (ema) {
    checkKeys('training: ema', ema, ['decay']);
    if (!(ema.decay >= 0 && ema.decay < 1)) {
      throw new OcelliError('usage', `training: the decay of ema is from 0 up to and without 1, ${ema.decay} came`);
    }
  }
  checkKeys('training: expose', expose ?? {}, ['output', 'gradients', 'gradientNorm']);
  for (const { name } of optimizer.slots) {
    if (/^\w+$/.test(name) && !reserved.includes(name)) continue;
    throw new OcelliError(
      'usage',
      `training: a slot cannot be called "${name}": take a word, but none of ${reserved.join(', ')}`,
    );
  }
}

/** What the optimizer makes once for all parameters, from a counter of updates. */
function sharedValues(
  state: StateBuilder,
  { shared }: OptimizerRule,
  scalars: Values,
  whenDue: (after: Value, before: Value) => Value,
): Values {
  if (!shared) return {};
  return state.builder.inScope('update', () => {
    const before = state.input('counter:optimizer', scalarType, 'zeros');
    const count = add(before, 1);
    state.next('counter:optimizer', whenDue(count, before));
    return shared({ scalars, count });
  });
}

/** Adds inputs. */
function portsOf(builder: Trace, types: Readonly<Record<string, TensorType>>): Values {
  return Object.fromEntries(Object.entries(types).map(([name, type]) => [name, builder.input(name, type)]));
}
