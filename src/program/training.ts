/** A loaded training step: weights, optimizer state and running statistics live in the session and change at every step. */
import { dtypes } from '../base/dtype.ts';
import { checkKeys } from '../base/errors.ts';
import { elementCount, type Tensor } from '../base/tensor.ts';
import type { Value } from '../compiler/ir/graph.ts';
import { emitOnnx } from '../compiler/onnx/emit.ts';
import { staticShape } from '../compiler/ops/shapes.ts';
import type { AnyModule } from '../nn/module.ts';
import { stateDict } from '../nn/state-dict.ts';
import type { Runtime, Session } from '../runtime/runtime.ts';
import { blockedLayout } from './blocked-layout.ts';
import { drawMasks } from './masks.ts';
import { type TrainingGraph, type TrainingStepOptions, traceTrainingStep } from './training-graph.ts';

export interface CompileTrainingOptions extends TrainingStepOptions {
  readonly runtime: Runtime;
  /** Only operators of the ONNX standard; default false. */
  readonly portable?: boolean;
  /** Of the dropout and stochastic-depth masks; default 0. */
  readonly seed?: number;
}

const optionKeys = ['inputs', 'targets', 'loss', 'optimizer', 'expose', 'runtime', 'portable', 'seed'] as const;

/**
 * Traces, emits and loads a training step of `model`, starting from its current weights.
 * @throws usage, shape as traceTrainingStep; runtime when the back end refuses the program
 */
export async function compileTraining(
  model: { call(...inputs: readonly Value[]): Value } & AnyModule,
  options: CompileTrainingOptions,
): Promise<TrainingProgram> {
  checkKeys('compileTraining', options, optionKeys);
  const training = traceTrainingStep(model, options);
  const values = stateDict(model);
  const portable = options.portable ?? false;
  const onnx = emitOnnx(training.graph, {
    target: options.runtime.target,
    portable,
    nchwcBlock: portable ? 0 : await blockedLayout(options.runtime),
    parameters: values,
    fed: new Set(training.state.map(({ input }) => input)),
    externalFile: 'constants.bin',
  });
  const session = await options.runtime.load(onnx, {
    optimize: false,
    carry: Object.fromEntries(training.state.map(({ input, output }) => [input, output])),
    zeroed: training.state.filter(({ parameter }) => !parameter).map(({ input }) => input),
    overwritten: training.state.filter(({ overwritable }) => overwritable).map(({ input }) => input),
  });
  const program = new TrainingProgram(training, session, options.seed ?? 0);
  const own = training.state.filter(({ parameter }) => parameter);
  try {
    await program.write(Object.fromEntries(own.map(({ input }) => [input, values.get(input) as Tensor])));
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
  /** Steps taken so far; the counter of the random masks. */
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
    return { loss: Number((outputs.loss as Tensor).data[0]), outputs };
  }

  /** Copies of the state tensors by name: parameters and buffers under their keys, the optimizer's as `<slot>:<key>`. */
  read(names?: readonly string[]): Promise<Record<string, Tensor>> {
    return this.#session.read(names);
  }

  /** Sets state tensors by name. */
  write(values: Readonly<Record<string, Tensor>>): Promise<void> {
    return this.#session.write(values);
  }

  /** Copies the trained values into the model's parameters and buffers. */
  async updateModel(): Promise<void> {
    const own = this.training.state.filter(({ parameter }) => parameter !== undefined);
    const values = await this.read(own.map(({ input }) => input));
    for (const { input, parameter } of own) if (parameter) parameter.value = values[input];
  }

  /** Bytes of all state tensors. */
  get stateBytes(): number {
    return this.training.state.reduce(
      (sum, { type }) => sum + elementCount(staticShape(type.shape, 'state')) * dtypes[type.dtype].size,
      0,
    );
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
  readonly outputs: Readonly<Record<string, Tensor>>;
}
