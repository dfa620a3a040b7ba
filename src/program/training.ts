/** A loaded training step: weights, optimizer state and running statistics live in the session and change at every step. */
import { checkKeys, OcelliError } from '../base/errors.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Value } from '../compiler/ir/graph.ts';
import { emitOnnx } from '../compiler/onnx/emit.ts';
import type { AnyModule } from '../nn/module.ts';
import { stateDict } from '../nn/state-dict.ts';
import type { Runtime, Session } from '../runtime/runtime.ts';
import { blockedLayout } from './blocked-layout.ts';
import { drawMasks } from './masks.ts';
import { type TrainingGraph, type TrainingStepOptions, traceTrainingStep } from './training-graph.ts';
import { initialState, stateBytes } from './training-state.ts';

export interface CompileTrainingOptions extends TrainingStepOptions {
  readonly runtime: Runtime;
  /** Only operators of the ONNX standard; default false. */
  readonly portable?: boolean;
  /** Of the dropout and stochastic-depth masks; default 0. */
  readonly seed?: number;
}

const optionKeys = [
  ...['inputs', 'targets', 'features', 'loss', 'optimizer', 'clipNorm', 'accumulate', 'ema', 'recompute', 'expose'],
  ...['runtime', 'portable', 'seed'],
];

/**
 * Traces, emits and loads a training step of `model`, starting from its current weights.
 * @throws usage, shape as traceTrainingStep; runtime when the back end refuses the program
 */
export async function compileTraining(
  model: { call(...inputs: readonly Value[]): Value } & AnyModule,
  options: CompileTrainingOptions,
): Promise<TrainingProgram> {
  checkKeys('compileTraining', options, optionKeys);
  return loadTraining(traceTrainingStep(model, options), model, options);
}

/** Emits and loads a step that was traced from `model`. @throws runtime when the back end refuses the program */
export async function loadTraining(
  training: TrainingGraph,
  model: AnyModule,
  { runtime, portable = false, seed = 0 }: Pick<CompileTrainingOptions, 'runtime' | 'portable' | 'seed'>,
): Promise<TrainingProgram> {
  const values = stateDict(model);
  const onnx = emitOnnx(training.graph, {
    target: runtime.target,
    portable,
    nchwcBlock: portable ? 0 : await blockedLayout(runtime),
    parameters: values,
    fed: new Set(training.state.map(({ input }) => input)),
    externalFile: 'constants.bin',
  });
  const session = await runtime.load(onnx, {
    optimize: false,
    carry: Object.fromEntries(training.state.map(({ input, output }) => [input, output])),
    zeroed: training.state.filter(({ initial }) => initial === 'zeros').map(({ input }) => input),
    overwritten: training.state.filter(({ overwritable }) => overwritable).map(({ input }) => input),
  });
  const program = new TrainingProgram(training, session, seed);
  try {
    await program.write(initialState(training.state, values, false));
  } catch (error) {
    await program.dispose();
    throw error;
  }
  return program;
}

export class TrainingProgram {
  readonly training: TrainingGraph;
  readonly #session: Session;
  readonly #seed: number;
  /** Runs so far, each micro-batch one; the counter of the random masks. Set it together with `write` to resume. */
  stepCount = 0;

  constructor(training: TrainingGraph, session: Session, seed: number) {
    this.training = training;
    this.#session = session;
    this.#seed = seed;
  }

  /**
   * One step. `feeds` has the model's inputs, the targets and the optimizer's scalars, by name.
   * @returns `loss` and whatever else was exposed
   * @throws shape when a feed is missing or does not fit
   */
  async step(feeds: Readonly<Record<string, Tensor>>, options: { readonly signal?: AbortSignal } = {}): Promise<StepResult> {
    const masks = drawMasks(this.training.masks, this.#seed, this.stepCount);
    const outputs = await this.#session.run({ ...feeds, ...masks }, options);
    this.stepCount++;
    const number = ({ data }: Tensor): number => Number(data[0]);
    const norm = outputs.gradientNorm && number(outputs.gradientNorm);
    return { loss: number(outputs.loss as Tensor), gradientNorm: norm, outputs };
  }

  /**
   * Copies of the state tensors by name, all without `names`: parameters and buffers under their keys, the optimizer's as
   * `<slot>:<key>`, and with the options that need them `accumulated:<key>`, `ema:<key>` and `counter:<what>`. They and
   * `stepCount` are all that a run needs to go on to the same bits.
   */
  read(names?: readonly string[]): Promise<Record<string, Tensor>> {
    return this.#session.read(names);
  }

  /** Sets state tensors by name. */
  write(values: Readonly<Record<string, Tensor>>): Promise<void> {
    return this.#session.write(values);
  }

  /**
   * Copies the trained values into the model's parameters and buffers.
   * @param options.ema takes the moving averages instead
   * @throws usage when there are none
   */
  async updateModel(options: { readonly ema?: boolean } = {}): Promise<void> {
    checkKeys('updateModel', options, ['ema']);
    const names = new Set(this.training.state.map(({ input }) => input));
    const nameOf = (key: string): string => (options.ema ? `ema:${key}` : key);
    const own = this.training.state.filter(({ parameter }) => parameter !== undefined);
    if (!own.every(({ input }) => names.has(nameOf(input)))) {
      throw new OcelliError('usage', 'updateModel: there are no moving averages; compile with `ema: { decay: 0.999 }`');
    }
    const values = await this.read(own.map(({ input }) => nameOf(input)));
    for (const { input, parameter } of own) if (parameter) parameter.value = values[nameOf(input)];
  }

  /** Bytes of all state tensors. */
  get stateBytes(): number {
    return stateBytes(this.training.state);
  }

  /** Frees the session. */
  dispose(): Promise<void> {
    return this.#session.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}

export interface StepResult {
  readonly loss: number;
  /** The norm of all gradients before clipping; undefined without `clipNorm` and `expose.gradientNorm`. */
  readonly gradientNorm: number | undefined;
  readonly outputs: Readonly<Record<string, Tensor>>;
}
