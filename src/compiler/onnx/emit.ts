/** A graph as an ONNX model, opset 17. */
import { create, toBinary } from '@bufbuild/protobuf';
import { type DeferredTensor, valuesOf } from '../../base/deferred.ts';
import { dtypes } from '../../base/dtype.ts';
import { OcelliError } from '../../base/errors.ts';
import { bytesOf, describeTensor, elementCount, type Tensor } from '../../base/tensor.ts';
import { describeType, type Graph, type Node, type Port, type Value } from '../ir/graph.ts';
import type { LoweringTarget, OpRules } from '../ops/rules.ts';
import { rulesOf } from '../ops/table.ts';
import { Emitter } from './emitter.ts';
import { ModelProtoSchema, type NodeProto, type TensorProto } from './onnx_pb.ts';
import { externalTensorProto, tensorProto, valueInfoProto } from './proto.ts';

/** Version of the ONNX standard operators that are emitted. */
export const OPSET = 17;

export interface EmitOptions {
  /** Where the model will run; default 'cpu' (native and WASM). */
  readonly target?: LoweringTarget;
  /** Only operators of the ONNX standard, none of Microsoft's domain; default false. */
  readonly portable?: boolean;
  /**
   * Channels side by side in the blocked layout of ONNX Runtime's native CPU back end on the processor that will run this
   * (8 or 16), to be used for depthwise convolutions; default 0, none. Ask for it where weights are fed: with baked-in ones
   * ONNX Runtime chooses layouts itself.
   */
  readonly nchwcBlock?: number;
  /**
   * Values to bake in for the graph's parameters, by name. Without it parameters are inputs. Values that are read from
   * elsewhere can only go to an external file, which reads them when it is written.
   */
  readonly parameters?: ReadonlyMap<string, Tensor | DeferredTensor>;
  /** Parameters that stay inputs although others are baked in, by name. */
  readonly fed?: ReadonlySet<string>;
  /** Puts baked-in parameters into a second file of this name, as protobuf stops at 2 GB and copies what it encodes. */
  readonly externalFile?: string;
  /** What the model says of itself. */
  readonly producerVersion?: string;
}

/** ONNX bytes, and the external file when one was asked for. */
export interface OnnxModel {
  readonly model: Uint8Array;
  readonly external: ExternalFile | undefined;
}

/** A file of tensors beside the model. */
export interface ExternalFile {
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  /** The file's bytes in order, one tensor at a time; each call reads and computes them anew. */
  parts(): AsyncIterable<Uint8Array>;
}

/** External tensors start at multiples of this, so that they can be memory-mapped. */
const ALIGNMENT = 64;

/**
 * Lowers every node and writes the model.
 * @throws state-dict when a parameter to bake in is missing or has another type
 */
export function emitOnnx(graph: Graph, options: EmitOptions = {}): OnnxModel {
  const { target = 'cpu', portable = false, nchwcBlock = 0, fed, parameters } = options;
  const emitter = new Emitter({ target, portable, nchwcBlock, weightsFed: !parameters || fed !== undefined }, usesOf(graph));
  const isFed = (port: Port): boolean => !options.parameters || (options.fed?.has(port.name) ?? false);
  const inputs = [...graph.inputs, ...graph.parameters.filter(isFed)];
  const bakedPorts = graph.parameters.filter((port) => !isFed(port));
  for (const { name, value } of [...graph.inputs, ...graph.parameters]) emitter.bind(value, name);
  for (const node of graph.nodes) lowerNode(node, emitter);

  const baked = bakeParameters(bakedPorts, options.parameters ?? new Map(), options.externalFile);
  const nodes = neededNodes(nameOutputs(graph, emitter), graph);
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    producerName: 'ocelli',
    producerVersion: options.producerVersion ?? '',
    opsetImport: [{ domain: '', version: BigInt(OPSET) }, ...microsoftDomains(nodes).map((domain) => ({ domain, version: 1n }))],
    graph: {
      name: 'ocelli',
      node: nodes,
      initializer: [...emitter.initializers, ...baked.initializers],
      input: inputs.map(valueInfoProto),
      output: graph.outputs.map(valueInfoProto),
    },
  });
  return { model: toBinary(ModelProtoSchema, model), external: baked.external };
}

/** How many operators and outputs read each value. */
function usesOf(graph: Graph): ReadonlyMap<Value, number> {
  const uses = new Map<Value, number>();
  const read = (value: Value): void => void uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const node of graph.nodes) node.inputs.forEach(read);
  for (const { value } of graph.outputs) read(value);
  return uses;
}

function lowerNode(node: Node, emitter: Emitter): void {
  emitter.scope = node.scope;
  const names = (rulesOf(node) as OpRules<never>).lower(node as never, emitter);
  if (names.length !== node.outputs.length) {
    throw new OcelliError('internal', `${node.op}: lowers to ${names.length} outputs, has ${node.outputs.length}`);
  }
  node.outputs.forEach((output, i) => {
    emitter.bind(output, names[i] as string);
  });
}

/** Gives the graph's outputs their names: by renaming what makes them, or by an Identity where that has a name already. */
function nameOutputs(graph: Graph, emitter: Emitter): NodeProto[] {
  const fixed = new Set([...graph.inputs, ...graph.parameters].map((port) => port.name));
  for (const initializer of emitter.initializers) fixed.add(initializer.name);
  const renamed = new Map<string, string>();
  for (const { name, value } of graph.outputs) {
    if (fixed.has(name)) throw new OcelliError('usage', `emit: "${name}" names an input and an output`);
    const made = emitter.name(value);
    if (fixed.has(made) || renamed.has(made)) {
      emitter.scope = 'outputs';
      renamed.set(emitter.emit('Identity', [made]), name);
    } else {
      renamed.set(made, name);
    }
  }
  const rename = (name: string): string => renamed.get(name) ?? name;
  for (const node of emitter.nodes) {
    node.input = node.input.map(rename);
    node.output = node.output.map(rename);
  }
  return emitter.nodes;
}

/** The nodes that the graph's outputs need: a value in two layouts may be read in one alone. */
function neededNodes(nodes: readonly NodeProto[], graph: Graph): NodeProto[] {
  const needed = new Set(graph.outputs.map(({ name }) => name));
  return [...nodes]
    .reverse()
    .filter((node) => {
      const used = node.output.some((name) => needed.has(name));
      if (used) for (const name of node.input) needed.add(name);
      return used;
    })
    .reverse();
}

interface BakedParameters {
  readonly initializers: readonly TensorProto[];
  readonly external: OnnxModel['external'];
}

type Given = Tensor | DeferredTensor;

function bakeParameters(ports: readonly Port[], values: ReadonlyMap<string, Given>, file: string | undefined): BakedParameters {
  const tensors = ports.map(({ name, value }) => [name, parameterTensor(name, value, values)] as const);
  if (file === undefined) {
    return { initializers: tensors.map(([name, tensor]) => tensorProto(name, atHand(name, tensor))), external: undefined };
  }
  const initializers: TensorProto[] = [];
  const places: { readonly tensor: Given; readonly padding: number }[] = [];
  let size = 0;
  for (const [name, tensor] of tensors) {
    const padding = (ALIGNMENT - (size % ALIGNMENT)) % ALIGNMENT;
    const length = elementCount(tensor.shape) * dtypes[tensor.dtype].size;
    initializers.push(externalTensorProto(name, tensor, { location: file, offset: size + padding, length }));
    places.push({ tensor, padding });
    size += padding + length;
  }
  const parts = async function* (): AsyncGenerator<Uint8Array> {
    for (const { tensor, padding } of places) {
      if (padding > 0) yield new Uint8Array(padding);
      yield bytesOf(await valuesOf(tensor));
    }
  };
  return { initializers, external: size === 0 ? undefined : { file, size, parts } };
}

function atHand(name: string, tensor: Given): Tensor {
  const value = valuesOf(tensor);
  if (!(value instanceof Promise)) return value;
  throw new OcelliError('usage', `emit: parameter "${name}" is yet to be read; load it first or ask for an external file`);
}

function parameterTensor(name: string, value: Value, values: ReadonlyMap<string, Given>): Given {
  const tensor = values.get(name);
  if (!tensor) throw new OcelliError('state-dict', `emit: no value came for parameter "${name}"`);
  const { dtype, shape } = value.type;
  if (tensor.dtype !== dtype || tensor.shape.join() !== shape.join()) {
    throw new OcelliError(
      'state-dict',
      `emit: parameter "${name}" is ${describeType(value.type)}, ${describeTensor(tensor)} came`,
    );
  }
  return tensor;
}

/** The domains of Microsoft that nodes are of. */
function microsoftDomains(nodes: readonly NodeProto[]): readonly string[] {
  return [...new Set(nodes.map((node) => node.domain))].filter((domain) => domain.startsWith('com.microsoft')).sort();
}
