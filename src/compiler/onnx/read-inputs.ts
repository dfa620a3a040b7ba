/** The types of an ONNX file's inputs: sizes, and names for the dims that it leaves open. */
import { OcelliError } from '../../base/errors.ts';
import { addDims, type DimTree, dimTree, floorDivideDim, isDim, isDimName, multiplyDims } from '../ir/dim.ts';
import type { Dim, TensorType } from '../ir/graph.ts';
import { dtypeOfOnnx } from '../ops/onnx-dtype.ts';
import type { ValueInfoProto } from './onnx_pb.ts';

/** The names of open dims: what files call them, made into names that dims can have, each once. */
export class DimNames {
  readonly #sizes: Readonly<Record<string, number>>;
  readonly #names = new Map<string, Dim>();
  readonly #taken = new Set<string>();

  /** @param sizes for dims that the file leaves open, by the names it gives them */
  constructor(sizes: Readonly<Record<string, number>>) {
    this.#sizes = sizes;
    for (const [name, size] of Object.entries(sizes)) {
      if (Number.isInteger(size) && size >= 0) continue;
      throw new OcelliError('usage', `dim "${name}" must be a whole number from 0, ${size} came`);
    }
  }

  /** The dim that the file calls so. */
  of(name: string): Dim {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const isExpression = !Object.hasOwn(this.#sizes, name) && !isDimName(name) && isDim(name);
    if (isExpression) return this.#compute(dimTree(name));
    const dim = Object.hasOwn(this.#sizes, name) ? (this.#sizes[name] as number) : this.fresh(name);
    this.#names.set(name, dim);
    return dim;
  }

  /** The same expression in the names of this graph; exporters such as Ocelli's write `2*H`. */
  #compute(tree: DimTree): Dim {
    switch (tree.kind) {
      case 'number':
        return tree.value;
      case 'name':
        return this.of(tree.name);
      case 'sum':
        return tree.parts.map((part) => this.#compute(part)).reduce(addDims);
      case 'product':
        return tree.parts.map((part) => this.#compute(part)).reduce(multiplyDims);
      case 'floorDivide':
        return floorDivideDim(this.#compute(tree.part), tree.divisor);
    }
  }

  /** A name like this one that no dim has yet. */
  fresh(like: string): string {
    const word = like.replaceAll(/\W/g, '_');
    const base = isDimName(word) ? word : `dim_${word}`;
    let name = base;
    for (let i = 2; this.#taken.has(name); i++) name = `${base}_${i}`;
    this.#taken.add(name);
    return name;
  }

  /** @throws usage when a size was given for a dim that there is not */
  checkSizes(): void {
    const unknown = Object.keys(this.#sizes).find((name) => !this.#names.has(name));
    if (unknown === undefined) return;
    const open = [...this.#names.keys()].map((name) => `"${name}"`).join(', ');
    throw new OcelliError('usage', `the model has no open dim "${unknown}"; it has ${open || 'none'}`);
  }
}

/** The type of an input. @throws unsupported for one that is no tensor of a known rank */
export function readInputType({ name, type }: ValueInfoProto, names: DimNames): TensorType {
  const refuse = (reason: string): never => {
    throw new OcelliError('unsupported', `ONNX input "${name}" ${reason}`);
  };
  if (type?.value.case !== 'tensorType') return refuse('is no tensor');
  const { elemType, shape } = type.value.value;
  const dtype = dtypeOfOnnx(elemType) ?? refuse(`has ONNX's element type ${elemType}, which is not supported`);
  const dims = shape?.dim ?? refuse('has no shape');
  return {
    dtype,
    shape: dims.map(({ value }, axis) => {
      if (value.case === 'dimParam' && value.value !== '') return names.of(value.value);
      const size = value.case === 'dimValue' ? Number(value.value) : -1;
      if (size > 2 ** 31 - 1) return refuse(`has a dim of ${size}`);
      // Some exporters write -1 for a dim they leave open.
      return size < 0 ? names.of(`${name}_${axis}`) : size;
    }),
  };
}
