/** Collects the ONNX nodes and constants that operators lower themselves to. */
import type { DType } from '../../base/dtype.ts';
import { dtypes } from '../../base/dtype.ts';
import { OcelliError } from '../../base/errors.ts';
import { elementCount, int64, type Tensor, tensor } from '../../base/tensor.ts';
import { type Dim, type DimTree, dimTree, isDimName } from '../ir/dim.ts';
import type { Value } from '../ir/graph.ts';
import type { Lowering, LoweringTarget, OnnxAttr, OnnxCall } from '../ops/rules.ts';
import type { NodeProto, TensorProto } from './onnx_pb.ts';
import { nodeProto, tensorProto } from './proto.ts';

/** Constants of at most this many elements are compared and shared. */
const SHARED_ELEMENTS = 16;

/** Begins the names that nobody gave; builders refuse it in the names of inputs and outputs. */
const GENERATED = '%';

export class Emitter implements Lowering {
  readonly target: LoweringTarget;
  readonly portable: boolean;
  readonly nchwcBlock: number;
  readonly weightsFed: boolean;
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly notes: Map<string, string> = new Map();
  /** Prefixed to node names, so that profiles and errors of ONNX Runtime speak of modules. */
  scope = '';
  readonly #names = new Map<Value, string>();
  readonly #twins = new Map<string, string>();
  readonly #uses: ReadonlyMap<Value, number>;
  readonly #makers = new Map<string, OnnxCall>();
  #inBlocks = false;
  readonly #constants = new Map<string, string>();
  readonly #dimSources = new Map<string, { readonly name: string; readonly axis: number }>();
  readonly #dims = new Map<string, string>();
  #count = 0;

  /** @param uses how many operators and outputs read each value */
  constructor(
    options: Pick<Lowering, 'target' | 'portable' | 'weightsFed'> & { readonly nchwcBlock: number },
    uses: ReadonlyMap<Value, number>,
  ) {
    this.#uses = uses;
    this.target = options.target;
    this.portable = options.portable;
    this.nchwcBlock = options.nchwcBlock;
    this.weightsFed = options.weightsFed;
  }

  /** Says under which ONNX name a value stands. */
  bind(value: Value, name: string): void {
    this.#names.set(value, name);
    value.type.shape.forEach((dim, axis) => {
      if (isDimName(dim) && !this.#dimSources.has(dim)) this.#dimSources.set(dim, { name, axis });
    });
  }

  name(value: Value): string {
    const name = this.#names.get(value);
    if (name === undefined) throw new OcelliError('internal', `emit: %${value.id} is used before it is made`);
    return this.#inBlocks ? (this.#twins.get(name) ?? name) : name;
  }

  inBlocks<T>(body: () => T): T {
    this.#inBlocks = true;
    try {
      return body();
    } finally {
      this.#inBlocks = false;
    }
  }

  uses(value: Value): number {
    return this.#uses.get(value) ?? 0;
  }

  maker(name: string): OnnxCall | undefined {
    return this.#makers.get(name);
  }

  twin(name: string): string | undefined {
    return this.#twins.get(name);
  }

  pair(plain: string, blocked: string): void {
    this.#twins.set(plain, blocked);
    this.#twins.set(blocked, plain);
  }

  emit(op: string, inputs: readonly string[], attrs: Readonly<Record<string, OnnxAttr>> = {}): string {
    return this.emitAll(op, inputs, 1, attrs)[0] as string;
  }

  emitAll(
    op: string,
    inputs: readonly string[],
    count: number,
    attrs: Readonly<Record<string, OnnxAttr>> = {},
  ): readonly string[] {
    const id = this.#count++;
    const outputs = Array.from({ length: count }, (_, i) => (i === 0 ? `${GENERATED}${id}` : `${GENERATED}${id}_${i}`));
    const name = `${this.scope}/${op.slice(op.lastIndexOf('.') + 1)}_${id}`;
    this.nodes.push(nodeProto(op, name, inputs, outputs, attrs));
    this.#makers.set(outputs[0] as string, { op, inputs, attrs });
    return outputs;
  }

  constant(value: Tensor): string {
    const small = elementCount(value.shape) <= SHARED_ELEMENTS;
    const key = small ? `${value.dtype}[${value.shape.join()}]${printExactly(value)}` : '';
    const known = small ? this.#constants.get(key) : undefined;
    if (known !== undefined) return known;
    const name = `${GENERATED}c${this.#count++}`;
    this.initializers.push(tensorProto(name, value));
    if (small) this.#constants.set(key, name);
    return name;
  }

  ints(values: readonly number[]): string {
    return this.constant(int64([values.length], values));
  }

  scalar(value: number, dtype: DType = 'float32'): string {
    const array = dtypes[dtype].array;
    if (dtype === 'float16' || dtype === 'bfloat16') {
      return this.emit('Cast', [this.scalar(value)], { to: dtype === 'float16' ? 10 : 16 });
    }
    const data = new array(1);
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[0] = BigInt(value);
    else data[0] = value;
    return this.constant(tensor(dtype, [], data));
  }

  dims(shape: readonly Dim[]): string {
    const numbers = shape.filter((dim) => typeof dim === 'number');
    if (numbers.length === shape.length) return this.ints(numbers);
    return this.emit(
      'Concat',
      shape.map((dim) => this.#dim(dimTree(dim))),
      { axis: 0 },
    );
  }

  /** An int64 value of shape [1] that holds the dim at run time. */
  #dim(tree: DimTree): string {
    const key = JSON.stringify(tree);
    const known = this.#dims.get(key);
    if (known !== undefined) return known;
    const name = this.#computeDim(tree);
    this.#dims.set(key, name);
    return name;
  }

  #computeDim(tree: DimTree): string {
    switch (tree.kind) {
      case 'number':
        return this.ints([tree.value]);
      case 'name': {
        const source = this.#dimSources.get(tree.name);
        if (!source) throw new OcelliError('internal', `emit: no value has a dim named "${tree.name}"`);
        return this.emit('Gather', [this.emit('Shape', [source.name]), this.ints([source.axis])], { axis: 0 });
      }
      case 'sum':
        return tree.parts.map((part) => this.#dim(part)).reduce((a, b) => this.emit('Add', [a, b]));
      case 'product':
        return tree.parts.map((part) => this.#dim(part)).reduce((a, b) => this.emit('Mul', [a, b]));
      case 'floorDivide':
        return this.emit('Div', [this.#dim(tree.part), this.ints([tree.divisor])]);
    }
  }
}

/** The values as text that tells -0 from 0 and one NaN from another no more than needed. */
function printExactly(value: Tensor): string {
  return Array.from<number | bigint, string>(value.data as ArrayLike<number | bigint>, (x) =>
    Object.is(x, -0) ? '-0' : String(x),
  ).join();
}
