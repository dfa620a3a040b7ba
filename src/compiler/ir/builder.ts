/** Makes graphs: adds inputs, parameters and nodes, checks every node's shapes as it is added. */
import { messageOf, OcelliError } from '../../base/errors.ts';
import type { Tensor } from '../../base/tensor.ts';
import { isDim } from './dim.ts';
import {
  type Attr,
  type Builder,
  describeType,
  type Graph,
  type Node,
  type OpAttrs,
  type OpName,
  type Port,
  type ShapeRules,
  type TensorType,
  type Value,
} from './graph.ts';

export type { Builder } from './graph.ts';

export class GraphBuilder implements Builder {
  readonly #rules: ShapeRules;
  readonly #inputs: Port[] = [];
  readonly #parameters: Port[] = [];
  readonly #nodes: Node[] = [];
  readonly #scopes: string[] = [];
  #nextId = 0;

  constructor(rules: ShapeRules) {
    this.#rules = rules;
  }

  /** The nodes so far, in the order of making. */
  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  /** The module path that new nodes are filed under. */
  get scope(): string {
    return this.#scopes.at(-1) ?? '';
  }

  /** Runs `body`, filing the nodes it makes under the module path `path`. */
  inScope<T>(path: string, body: () => T): T {
    this.#scopes.push(path);
    try {
      return body();
    } finally {
      this.#scopes.pop();
    }
  }

  /** A value fed at every run. */
  input(name: string, type: TensorType): Value {
    return this.#port(this.#inputs, name, type);
  }

  /** A value under a state-dict key, fed at every run or baked in when the graph is emitted. */
  parameter(name: string, type: TensorType): Value {
    return this.#port(this.#parameters, name, type);
  }

  #port(list: Port[], name: string, type: TensorType): Value {
    if (this.#inputs.some((port) => port.name === name) || this.#parameters.some((port) => port.name === name)) {
      throw new OcelliError('usage', `the graph already has an input named "${name}"`);
    }
    checkName(name);
    const wrong = type.shape.find((dim) => !isDim(dim));
    if (wrong !== undefined) {
      throw new OcelliError(
        'usage',
        `input "${name}": dim "${wrong}" is neither a whole number nor a name; names are a letter, then letters, digits or _`,
      );
    }
    const value = this.#value(type);
    list.push({ name, value });
    return value;
  }

  /**
   * Adds a node and returns its outputs.
   * @throws shape naming the operator, the module path, what it expected and what came
   */
  applyAll<K extends OpName>(op: K, inputs: readonly Value[], attrs: OpAttrs[K]): readonly Value[] {
    for (const input of inputs) {
      if (input.builder !== this) {
        throw new OcelliError('internal', `${this.#where(op)}: input %${input.id} belongs to another graph`);
      }
    }
    let types: readonly TensorType[];
    try {
      const inputTypes = inputs.map((input) => input.type);
      types = this.#rules.outputTypes(op, inputTypes, attrs as Readonly<Record<string, Attr>>);
    } catch (error) {
      const code = error instanceof OcelliError ? error.code : 'internal';
      throw new OcelliError(code, `${this.#where(op)}: ${messageOf(error)}`, { cause: error });
    }
    const impossible = types.find(({ shape }) => shape.some((dim) => typeof dim === 'number' && !isDim(dim)));
    if (impossible) {
      throw new OcelliError('shape', `${this.#where(op)}: gives ${describeType(impossible)}; sizes are whole numbers from 0`);
    }
    const outputs = types.map((type) => this.#value(type));
    this.#nodes.push({ op, inputs, attrs, outputs, scope: this.scope });
    return outputs;
  }

  /** Adds a node and returns its first output. */
  apply<K extends OpName>(op: K, inputs: readonly Value[], attrs: OpAttrs[K]): Value {
    return this.applyAll(op, inputs, attrs)[0] as Value;
  }

  /** The graph as it stands, with these outputs. @throws usage for an output without a proper name */
  build(outputs: readonly Port[]): Graph {
    for (const { name } of outputs) checkName(name);
    return {
      inputs: [...this.#inputs],
      parameters: [...this.#parameters],
      nodes: [...this.#nodes],
      outputs: [...outputs],
    };
  }

  #value(type: TensorType): Value {
    const value = { id: this.#nextId++, type };
    // Not enumerable, so that a value prints and compares as the plain data it is.
    return Object.defineProperty(value, 'builder', { value: this }) as Value;
  }

  #where(op: string): string {
    return this.scope === '' ? op : `${op} (${this.scope})`;
  }
}

/** Names are not empty, and "%" begins those of values that nobody named. */
function checkName(name: string): void {
  if (name === '' || name.startsWith('%')) {
    throw new OcelliError('usage', `"${name}" cannot name an input or output: give a name that does not begin with %`);
  }
}

/** An attribute as a tensor, or undefined when it is none. */
export function isTensorAttr(attr: Attr): attr is Tensor {
  return typeof attr === 'object' && !Array.isArray(attr);
}
