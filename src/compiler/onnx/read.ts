/** ONNX models, made here or elsewhere, as graphs: their nodes become operators by the operators' own reading rules. */
import { fromBinary } from '@bufbuild/protobuf';
import type { DeferredTensor } from '../../base/deferred.ts';
import { dtypes } from '../../base/dtype.ts';
import { checkKeys, messageOf, OcelliError } from '../../base/errors.ts';
import { elementCount, type Tensor } from '../../base/tensor.ts';
import { GraphBuilder } from '../ir/builder.ts';
import { describeType, type Port, type Value } from '../ir/graph.ts';
import { type Known, knownOutput, knownTensor } from '../ops/known-values.ts';
import { readingRules, shapeRules } from '../ops/table.ts';
import { type GraphProto, type ModelProto, ModelProtoSchema, type NodeProto } from './onnx_pb.ts';
import { DimNames, readInputType } from './read-inputs.ts';
import { FileNode } from './read-node.ts';
import { describeNode, operatorOf, orderNodes } from './read-order.ts';
import { type ExternalReader, readInitializer } from './read-tensor.ts';

export type { ExternalReader } from './read-tensor.ts';

/** The versions of the ONNX standard's operators that are read. */
export const READ_OPSETS: { readonly first: number; readonly last: number } = { first: 7, last: 25 };

/** No value has more elements than this, so that a hostile file's sizes fill no memory. */
const MOST_ELEMENTS = 2 ** 33;

export interface ReadOnnxOptions {
  /** Reads files beside the model, for models that keep their weights there. */
  readonly external?: ExternalReader;
  /** Sizes for dims that the file leaves open, by the names it gives them: `{ batch: 1 }`. */
  readonly dims?: Readonly<Record<string, number>>;
}

/** A model that was read. More nodes may be added to its builder, such as its gradient. */
export interface OnnxProgram {
  readonly builder: GraphBuilder;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** Every value that the outputs need, by its name in the file. */
  readonly values: ReadonlyMap<string, Value>;
  /** The floating-point initializers, which are the graph's parameters. */
  readonly parameters: ReadonlyMap<string, Tensor | DeferredTensor>;
}

/**
 * Reads an ONNX model of opset 7 to 25. Floating-point initializers become parameters, all other ones constants; open dims become
 * named ones; integers that are known, such as shapes and arithmetic on them, are followed.
 *
 * @param bytes a ModelProto
 * @throws format for bytes that are no ONNX model or a damaged one: the message says what is wrong and where
 * @throws unsupported for operators or types that Ocelli does not know, all of them named, and for what a node asks too much
 * @throws shape when shapes do not fit, naming the node
 */
export async function readOnnx(bytes: Uint8Array, options: ReadOnnxOptions = {}): Promise<OnnxProgram> {
  checkKeys('readOnnx', options, ['external', 'dims']);
  const { model, graph } = parse(bytes);
  return new Reader(model, graph, options).read();
}

function parse(bytes: Uint8Array): { readonly model: ModelProto; readonly graph: GraphProto } {
  let model: ModelProto;
  try {
    model = fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    throw new OcelliError('format', `these ${bytes.length} bytes are no ONNX model, or not all of one: ${messageOf(error)}`);
  }
  const { graph } = model;
  if (!graph || graph.output.length === 0)
    throw new OcelliError('format', 'these bytes are no ONNX model: there is no graph in them');
  return { model, graph };
}

class Reader {
  readonly #graph: GraphProto;
  readonly #options: ReadOnnxOptions;
  readonly #opsets: ReadonlyMap<string, number>;
  readonly #hasFunctions: boolean;
  readonly #rules = readingRules();
  readonly #dims: DimNames;
  readonly #values = new Map<string, Value>();
  readonly #known = new Map<Value, Known>();
  readonly #parameters = new Map<string, Tensor | DeferredTensor>();
  readonly builder: GraphBuilder = new GraphBuilder(shapeRules);

  constructor(model: ModelProto, graph: GraphProto, options: ReadOnnxOptions) {
    this.#graph = graph;
    this.#options = options;
    this.#opsets = new Map(model.opsetImport.map(({ domain, version }) => [standard(domain), Number(version)]));
    this.#hasFunctions = model.functions.length > 0;
    this.#dims = new DimNames(options.dims ?? {});
    const opset = this.#opsets.get('') ?? 0;
    if (opset < READ_OPSETS.first || opset > READ_OPSETS.last) {
      const { first, last } = READ_OPSETS;
      throw new OcelliError('unsupported', `the model is of ONNX opset ${opset}; opsets ${first} to ${last} are read`);
    }
  }

  async read(): Promise<OnnxProgram> {
    const { node, input, output, initializer, sparseInitializer } = this.#graph;
    if (sparseInitializer.length > 0)
      throw new OcelliError('unsupported', 'the model has sparse initializers, which are not read');
    const stored = new Set(initializer.map(({ name }) => name));
    if (stored.size < initializer.length) throw new OcelliError('format', 'ONNX model: two initializers have one name');
    const fed = input.filter(({ name }) => !stored.has(name));
    const outputs = output.map(({ name }) => name);
    const nodes = orderNodes(node, new Set([...stored, ...fed.map(({ name }) => name)]), outputs);
    this.#refuseUnknown(nodes);
    const inputs = fed.map((info) => this.#input(info.name, () => readInputType(info, this.#dims)));
    this.#dims.checkSizes();
    const used = new Set([...nodes.flatMap((proto) => proto.input), ...outputs]);
    for (const proto of initializer) {
      if (used.has(proto.name)) this.#initializer(proto.name, await readInitializer(proto, this.#options.external));
    }
    for (const proto of nodes) this.#node(proto);
    return {
      builder: this.builder,
      inputs,
      outputs: outputs.map((name) => ({ name, value: this.value(name) })),
      values: this.#values,
      parameters: this.#parameters,
    };
  }

  opsetOf(domain: string): number {
    return this.#opsets.get(standard(domain)) ?? 1;
  }

  value(name: string): Value {
    const value = this.#values.get(name);
    if (!value) throw new OcelliError('internal', `ONNX model: "${name}" is used before it is made`);
    return value;
  }

  known(value: Value): Known | undefined {
    return this.#known.get(value);
  }

  freshDim(like: string): string {
    return this.#dims.fresh(like);
  }

  #input(name: string, type: () => Value['type']): Port {
    const value = this.builder.input(name, type());
    this.#values.set(name, value);
    return { name, value };
  }

  /** A parameter; a constant when it is no floating point, or one whose name only an exporter of ours gives. */
  #initializer(name: string, stored: Tensor | DeferredTensor): void {
    const { dtype, shape } = stored;
    const known = 'read' in stored ? undefined : knownTensor(stored);
    const isParameter = 'read' in stored || (dtypes[dtype].floating && !name.startsWith('%'));
    const value = isParameter
      ? this.builder.parameter(name, { dtype, shape })
      : this.builder.apply('constant', [], { value: stored });
    if (isParameter) this.#parameters.set(name, stored);
    if (known) this.#known.set(value, known);
    this.#values.set(name, value);
  }

  #node(proto: NodeProto): void {
    const scope = proto.name || (proto.output[0] ?? '');
    const rule = this.#rules.get(operatorOf(proto));
    if (!rule) throw new OcelliError('internal', `${describeNode(proto)} has no reading rule`);
    const before = this.builder.nodes.length;
    const node = new FileNode(proto, this);
    let made: readonly Value[];
    try {
      const result = this.builder.inScope(scope, () => rule(node));
      made = 'id' in result ? [result] : result;
    } catch (error) {
      throw named(error, proto, scope);
    }
    this.#follow(before, proto);
    proto.output.forEach((name, i) => {
      if (name === '') return;
      const value = made[i] ?? node.refuse(`has output ${i}, "${name}", which is not supported`);
      this.#values.set(name, value);
    });
  }

  /** Takes note of what is known of the nodes made since. */
  #follow(since: number, proto: NodeProto): void {
    for (const node of this.builder.nodes.slice(since)) {
      for (const { type } of node.outputs) {
        const sizes = type.shape.filter((dim) => typeof dim === 'number');
        if (elementCount(sizes) > MOST_ELEMENTS) {
          throw new OcelliError(
            'unsupported',
            `ONNX node ${describeNode(proto)} gives ${describeType(type)}, which is too large`,
          );
        }
      }
      const known = knownOutput(node, (value) => this.#known.get(value));
      if (known) this.#known.set(node.outputs[0] as Value, known);
    }
  }

  /** @throws unsupported naming every operator that has no reading rule, with its nodes */
  #refuseUnknown(nodes: readonly NodeProto[]): void {
    const unknown = new Map<string, string[]>();
    for (const node of nodes) {
      const operator = operatorOf(node);
      if (this.#rules.has(operator)) continue;
      const names = unknown.get(operator) ?? [];
      names.push(`"${node.name || (node.output[0] ?? '')}"`);
      unknown.set(operator, names);
    }
    if (unknown.size === 0) return;
    const list = [...unknown].map(([operator, names]) => `${operator} (${names.join(', ')})`).join('; ');
    const hint = this.#hasFunctions ? '; functions of the file are not followed, inline them first' : '';
    throw new OcelliError('unsupported', `the model has operators that Ocelli does not know: ${list}${hint}`);
  }
}

/** A domain's name, the standard's own under its short one. */
function standard(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

/** An error that names the node it is about. */
function named(error: unknown, proto: NodeProto, scope: string): unknown {
  if (!(error instanceof OcelliError) || (scope !== '' && error.message.includes(scope))) return error;
  return new OcelliError(error.code, `ONNX node ${describeNode(proto)}: ${error.message}`, { cause: error });
}
