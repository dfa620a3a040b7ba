/** A training step as one ONNX file that any ONNX Runtime takes, described so that a few lines of code can loop over it. */
import type { DType } from '../base/dtype.ts';
import { checkKeys } from '../base/errors.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Port, TensorType, Value } from '../compiler/ir/graph.ts';
import { emitOnnx, type OnnxModel, OPSET } from '../compiler/onnx/emit.ts';
import type { LoweringTarget } from '../compiler/ops/rules.ts';
import { staticShape } from '../compiler/ops/shapes.ts';
import type { AnyModule } from '../nn/module.ts';
import { stateDict } from '../nn/state-dict.ts';
import { INLINE_LIMIT, weightBytes } from './export-onnx.ts';
import { type TrainingGraph, type TrainingStepOptions, traceTrainingStep } from './training-graph.ts';
import { initialState } from './training-state.ts';

export interface ExportTrainingOptions extends TrainingStepOptions {
  /** Where it will run; default 'cpu' (native and WASM). */
  readonly target?: LoweringTarget;
  /** Only operators of the ONNX standard; default false: some of Microsoft's, which ONNX Runtime has. */
  readonly portable?: boolean;
  /** The name of the second file that frozen weights of more than 1 GB go to; default 'step.onnx.data'. */
  readonly externalFile?: string;
}

const optionKeys = [
  ...['inputs', 'targets', 'features', 'loss', 'optimizer', 'clipNorm', 'accumulate', 'ema', 'expose'],
  ...['target', 'portable', 'externalFile'],
];

/** A tensor that goes in or out, by name. */
export interface DescribedTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** One sentence for people. */
  readonly about: string;
}

/** What is fed at every step. */
export interface DescribedInput extends DescribedTensor {
  readonly role: 'input' | 'target' | 'scalar' | 'mask';
  /** Of a mask: the probability with which each element, on its own, is 1 / keep; else it is 0. */
  readonly keep?: number;
}

/** What a step takes and gives back changed. */
export interface DescribedState {
  readonly input: string;
  readonly output: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** A weight or statistic of the model, under its state-dict key, or what the step keeps beside them. */
  readonly kind: 'model' | 'optimizer';
  /** Before the first step: in the file of the state, zeros, or ones. */
  readonly initial: 'file' | 'zeros' | 'ones';
}

/** Everything there is to know to run a step in a loop; plain JSON. */
export interface TrainingDescription {
  readonly format: 'ocelli-training-step';
  readonly version: 1;
  readonly opset: number;
  readonly inputs: readonly DescribedInput[];
  readonly state: readonly DescribedState[];
  readonly outputs: readonly DescribedTensor[];
  /** The optimizer's name and settings. */
  readonly optimizer: Readonly<Record<string, string | number | boolean>>;
  /** Runs that make one update. */
  readonly accumulate: number;
  /** How to loop, in words. */
  readonly loop: readonly string[];
}

export interface ExportedTraining {
  readonly onnx: OnnxModel;
  readonly description: TrainingDescription;
  /** The first values of the state tensors that are neither zeros nor ones, by name. */
  readonly state: ReadonlyMap<string, Tensor>;
}

const loop: readonly string[] = [
  'Give every state tensor its first value: from the file of the state, or zeros or ones as its "initial" says.',
  'At every step feed all inputs and all state tensors, by name.',
  'Draw every mask anew: each element, on its own, is 1 / keep with probability keep, else 0.',
  'After the step give each state tensor "input" the value of the output "output", and take the next step.',
  'State tensors of kind "model" are the trained weights and statistics, under the keys of PyTorch\'s state dict.',
];

/**
 * The training step of a model, starting from its current values, as ONNX of opset 17: inputs, targets, the optimizer's scalars,
 * masks and all state tensors go in by name; `loss`, `next:<name>` of every state tensor and what was exposed come out.
 * @throws usage, shape as traceTrainingStep
 */
export function exportTraining(
  model: { call(...inputs: readonly Value[]): Value } & AnyModule,
  options: ExportTrainingOptions,
): ExportedTraining {
  checkKeys('exportTraining', options, optionKeys);
  const { target = 'cpu', portable = false, externalFile = 'step.onnx.data' } = options;
  const training = traceTrainingStep(model, options);
  const values = stateDict(model);
  const first = initialState(training.state, values, false);
  const stored = training.state.filter(({ initial }) => typeof initial === 'object');
  const size = weightBytes(training.constants.map(({ name }) => values.get(name) as Tensor));
  const onnx = emitOnnx(training.graph, {
    target,
    portable,
    parameters: values,
    fed: new Set(training.state.map(({ input }) => input)),
    ...(size > INLINE_LIMIT ? { externalFile } : {}),
  });
  const state = new Map(stored.map(({ input }) => [input, first[input] as Tensor]));
  return { onnx, description: describe(training, options), state };
}

function described(name: string, { dtype, shape }: TensorType, about: string): DescribedTensor {
  return { name, dtype, shape: staticShape(shape, `"${name}"`), about };
}

function describe(training: TrainingGraph, { inputs, targets, optimizer }: TrainingStepOptions): TrainingDescription {
  const scalar: TensorType = { dtype: 'float32', shape: [] };
  const all = (types: Readonly<Record<string, TensorType>>, role: 'input' | 'target', about: string): DescribedInput[] =>
    Object.entries(types).map(([name, type]) => ({ ...described(name, type, about), role }));
  return {
    format: 'ocelli-training-step',
    version: 1,
    opset: OPSET,
    inputs: [
      ...all(inputs, 'input', 'What the model takes, such as pictures, normalized as for inference.'),
      ...all(targets, 'target', 'What its answers are compared with, such as class indices.'),
      ...training.scalars.map((name): DescribedInput => ({ ...described(name, scalar, scalarText(name)), role: 'scalar' })),
      ...training.masks.map(({ name, shape, keep }): DescribedInput => {
        const about = `Random: each element is ${1 / keep} with probability ${keep}, else 0.`;
        return { ...described(name, { dtype: 'float32', shape }, about), role: 'mask', keep };
      }),
    ],
    state: training.state.map(({ input, output, type, parameter, initial }) => ({
      input,
      output,
      dtype: type.dtype,
      shape: staticShape(type.shape, `"${input}"`),
      kind: parameter ? 'model' : 'optimizer',
      initial: typeof initial === 'object' ? 'file' : initial,
    })),
    outputs: training.graph.outputs.filter(({ name }) => !name.startsWith('next:')).map(describeOutput),
    optimizer: optimizer.description,
    accumulate: training.accumulate,
    loop,
  };
}

function scalarText(name: string): string {
  return name === 'learningRate' ? 'How far the weights move; may be another one at every step.' : `The optimizer's ${name}.`;
}

function describeOutput({ name, value }: Port): DescribedTensor {
  const texts: Readonly<Record<string, string>> = {
    loss: 'The loss of this batch, before the update.',
    output: "The model's output on this batch, before the update.",
    gradientNorm: 'The norm of all gradients together, before they are clipped.',
  };
  return described(name, value.type, texts[name] ?? 'A gradient of this batch.');
}
