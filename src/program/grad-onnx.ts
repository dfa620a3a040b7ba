/** Gradients for ONNX models made elsewhere: what was a model of answers becomes one of answers and how they change. */
import { type DeferredTensor, valuesOf } from '../base/deferred.ts';
import { dtypes } from '../base/dtype.ts';
import { checkKeys, OcelliError } from '../base/errors.ts';
import type { Tensor } from '../base/tensor.ts';
import { grad } from '../compiler/autodiff/grad.ts';
import { describeType, type Graph, type Node, type Port, type TensorType, type Value } from '../compiler/ir/graph.ts';
import { verifyGraph } from '../compiler/ir/verify.ts';
import { emitOnnx, type OnnxModel } from '../compiler/onnx/emit.ts';
import { type OnnxProgram, type ReadOnnxOptions, readOnnx } from '../compiler/onnx/read.ts';
import { shapeRules } from '../compiler/ops/table.ts';
import { deadCode } from '../compiler/passes/dead-code.ts';
import { foldIntegers } from '../compiler/passes/fold-integers.ts';
import { INLINE_LIMIT, weightBytes } from './export-onnx.ts';
import { findTarget, nearby, seedOf } from './grad-target.ts';

export interface GradOnnxOptions extends ReadOnnxOptions {
  /**
   * What to differentiate by: inputs, initializers, or any other floating-point values, by their names in the file. Each one's
   * gradient becomes the output `grad:<name>`, of its type.
   */
  readonly wrt: readonly string[];
  /**
   * What to differentiate: the name of an output or another value; default the first output. All its elements are added up,
   * unless its name is followed by
   * - `:281`: class 281 alone (along the second axis; along the only one of a vector);
   * - `:top`: the largest class alone, of each picture its own;
   * - `:class`: the class fed at every run as input `class:<name>`, int64 of the output's shape without its classes; elements
   *   whose class does not exist have no gradient.
   */
  readonly of?: string;
  /** Weights for all elements, fed at every run as input `seed:<name>` of the output's type; default false. */
  readonly seed?: boolean;
  /** Further values of the model that become outputs under their own names, such as the features of Grad-CAM; default none. */
  readonly expose?: readonly string[];
  /** Only operators of the ONNX standard; default false: some of Microsoft's, which ONNX Runtime has. */
  readonly portable?: boolean;
  /** The name of the second file that weights of more than 1 GB go to; default 'model.onnx.data'. */
  readonly externalFile?: string;
}

const optionKeys = ['wrt', 'of', 'seed', 'expose', 'portable', 'external', 'dims', 'externalFile'] as const;

/** The model with gradients, and what goes in and out of it. */
export interface GradModel extends OnnxModel {
  readonly inputs: readonly ({ readonly name: string } & TensorType)[];
  readonly outputs: readonly ({ readonly name: string } & TensorType)[];
}

/**
 * Adds gradients to an ONNX model of opset 7 to 25, as ONNX of opset 17: its inputs and outputs stay, and `grad:<name>` of every
 * name in `wrt` follows.
 *
 * @param bytes the model
 * @throws format, unsupported, shape as readOnnx: unknown operators are all named
 * @throws usage for names that are not in the model, values that are no floating point, and ones that the output does not
 *   depend on, or only through an operator that has no gradient
 *
 * @example
 * const { model } = await gradOnnx(bytes, { wrt: ['input'], of: 'logits:top' });   // a saliency map
 */
export async function gradOnnx(bytes: Uint8Array, options: GradOnnxOptions): Promise<GradModel> {
  checkKeys('gradOnnx', options, optionKeys);
  const { wrt, seed = false, expose = [], portable = false, external, dims, externalFile = 'model.onnx.data' } = options;
  if (wrt.length === 0) throw new OcelliError('usage', 'gradOnnx: wrt names nothing to differentiate by');
  const program = await readOnnx(bytes, { ...(external && { external }), ...(dims && { dims }) });
  const { builder, outputs } = program;
  const target = findTarget(options.of ?? outputs[0]?.name ?? '', seed, program.values);
  const by = [...new Set(wrt)].map((name): Port => ({ name, value: floatingValue(name, program) }));
  const forward = [...builder.nodes];
  for (const { name, value } of by) {
    if (dependsOn(target.value, value, forward)) continue;
    throw new OcelliError('usage', `"${target.name}" does not depend on "${name}", or only on a number that was read from it`);
  }
  const weights = seedOf(target);
  const gradients = gradientsOf(target.value, by, weights);
  const more = expose.filter((name) => !outputs.some((output) => output.name === name));
  const graph = simplified(
    builder.build([
      ...outputs,
      ...more.map((name) => ({ name, value: valueNamed(name, program) })),
      ...by.map(({ name }, i) => ({ name: `grad:${name}`, value: gradients[i] as Value })),
    ]),
  );
  const size = weightBytes(program.parameters.values());
  const onnx = emitOnnx(graph, {
    portable,
    ...(size > INLINE_LIMIT
      ? { parameters: program.parameters, externalFile }
      : { parameters: await atHand(program.parameters) }),
  });
  const describe = ({ name, value }: Port) => ({ name, ...value.type });
  return { ...onnx, inputs: graph.inputs.map(describe), outputs: graph.outputs.map(describe) };
}

/** @throws shape where a gradient needs a size that is open, saying how to give it */
function gradientsOf(value: Value, by: readonly Port[], seed: Value | undefined): readonly Value[] {
  const wrt = by.map((port) => port.value);
  try {
    return grad(value, wrt, seed ? { seed } : {});
  } catch (error) {
    const open = error instanceof OcelliError && /static dims, "(.*)" is named$/.exec(error.message)?.[1];
    if (!open) throw error;
    throw new OcelliError('shape', `${error.message}; give it a size, on the command line --dim ${open}=224`, { cause: error });
  }
}

function valueNamed(name: string, { values }: OnnxProgram): Value {
  const value = values.get(name);
  if (!value) throw new OcelliError('usage', `the model has no value "${name}"${nearby(values)}`);
  return value;
}

function floatingValue(name: string, program: OnnxProgram): Value {
  const value = valueNamed(name, program);
  if (dtypes[value.type.dtype].floating) return value;
  throw new OcelliError('usage', `"${name}" is ${describeType(value.type)}; gradients are taken by floating point alone`);
}

/** True when `value` is made of `source`. */
function dependsOn(value: Value, source: Value, nodes: readonly Node[]): boolean {
  const made = new Set([source]);
  for (const node of nodes) {
    if (node.inputs.some((input) => made.has(input))) for (const output of node.outputs) made.add(output);
  }
  return made.has(value);
}

function simplified(graph: Graph): Graph {
  const needed = deadCode(graph);
  verifyGraph(needed, shapeRules);
  const folded = foldIntegers(needed);
  verifyGraph(folded, shapeRules);
  return folded;
}

async function atHand(parameters: ReadonlyMap<string, Tensor | DeferredTensor>): Promise<ReadonlyMap<string, Tensor>> {
  const values = new Map<string, Tensor>();
  for (const [name, stored] of parameters) values.set(name, await valuesOf(stored));
  return values;
}
