/** PyTorch's allowed globals: storages, tensors, dtypes, sizes and devices. */
import { type DType, dtypes, isDType } from '../../base/dtype.ts';
import { OcelliError } from '../../base/errors.ts';
import { badCall, buildPlain, type Call, pythonGlobals, wholeNumbers } from '../pickle/globals.ts';
import type { Machine, PickleHost } from '../pickle/machine.ts';
import { buildNumpy, numpyGlobals } from '../pickle/numpy.ts';
import { PyBag, PyDict, PyGlobal, PyLeaf, PyList, PyTensor, PyTuple, type PyValue, Storage } from '../pickle/values.ts';
import { spanOf } from '../strided.ts';

/** Element types by the class that PyTorch names them with: `torch.FloatStorage`, and `torch.FloatTensor` in its oldest files. */
const classes: ReadonlyMap<string, DType> = new Map([
  ['Double', 'float64'],
  ['Float', 'float32'],
  ['Half', 'float16'],
  ['BFloat16', 'bfloat16'],
  ['Long', 'int64'],
  ['Int', 'int32'],
  ['Short', 'int16'],
  ['Char', 'int8'],
  ['Byte', 'uint8'],
  ['Bool', 'bool'],
  ['Untyped', 'uint8'],
]);

const storageName = /^torch\.(?:cuda\.|storage\.)?(\w+?)Storage$/;
const dtypeName = /^torch\.(\w+)$/;

/** The element type of a storage class; undefined when the global is no storage class. */
export function storageType(machine: { readonly name: string }, value: PyValue | undefined): DType | undefined {
  const name = value instanceof PyGlobal ? storageName.exec(value.name)?.[1] : undefined;
  if (name === undefined) return undefined;
  const dtype = classes.get(name);
  if (dtype === undefined) {
    throw new OcelliError(
      'unsupported',
      `${machine.name}: has tensors of torch.${name}Storage, which Ocelli does not read; convert them to float32 before saving`,
    );
  }
  return dtype;
}

/** A view of a storage, checked to stay inside it. */
export function makeTensor(
  machine: { error(why: string): OcelliError },
  storage: PyValue | undefined,
  offset: PyValue | undefined,
  size: PyValue | undefined,
  stride: PyValue | undefined,
  dtype?: DType,
): PyTensor {
  const shape = wholeNumbers(size);
  const strides = wholeNumbers(stride);
  if (!(storage instanceof Storage)) throw machine.error('a tensor without a storage');
  if (typeof offset !== 'number' || !Number.isSafeInteger(offset) || offset < 0)
    throw machine.error('a tensor with an offset that is no count');
  if (shape === undefined || strides === undefined || shape.length !== strides.length) {
    throw machine.error('a tensor whose size and stride make no sense (negative, too many or of different lengths)');
  }
  const type = dtype ?? storage.dtype;
  const length = (storage.length * dtypes[storage.dtype].size) / dtypes[type].size;
  const span = spanOf(shape, strides);
  if (span > 0 && offset + span > length) {
    throw machine.error(`a tensor reaches to element ${offset + span} of a storage of ${Math.floor(length)}`);
  }
  if (type === storage.dtype) return new PyTensor(type, storage, offset, shape, strides);
  const typed = new Storage({ dtype: type, length: Math.floor(length), open: storage.open, bigEndian: storage.bigEndian });
  return new PyTensor(type, typed, offset, shape, strides);
}

const rebuildTensor: Call = (args, machine) => {
  machine.charge(512);
  return makeTensor(machine.reader, args[0], args[1], args[2], args[3]);
};

/** `_rebuild_tensor_v3(storage, offset, size, stride, requires_grad, hooks, dtype)`: an untyped storage seen as `dtype`. */
const rebuildTensorV3: Call = (args, machine) => {
  machine.charge(512);
  const name = args[6] instanceof PyGlobal ? dtypeName.exec(args[6].name)?.[1] : undefined;
  if (name === undefined || !isDType(name)) throw badCall(machine, 'torch._utils._rebuild_tensor_v3');
  return makeTensor(machine.reader, args[0], args[1], args[2], args[3], name);
};

/** `_rebuild_parameter(data, requires_grad, hooks)` and its like: the tensor itself. */
const rebuildParameter: Call = (args, machine) => {
  if (!(args[0] instanceof PyTensor)) throw badCall(machine, 'torch._utils._rebuild_parameter');
  return args[0];
};

/** `_rebuild_from_type_v2(function, type, args, state)`: a tensor with attributes, which are dropped. */
const rebuildFromType: Call = (args, machine) => {
  const [callable, , inner] = args;
  if (!(callable instanceof PyGlobal) || !(inner instanceof PyTuple) || callable.name.includes('_rebuild_from_type')) {
    throw badCall(machine, 'torch._tensor._rebuild_from_type_v2');
  }
  return machine.host.call(callable, inner.items, machine);
};

/** `torch.Size((2, 3))`. */
const size: Call = (args, machine) => {
  const dims = wholeNumbers(args[0]);
  if (dims === undefined) throw badCall(machine, 'torch.Size');
  machine.charge(64 + 8 * dims.length);
  return new PyTuple(dims);
};

const device: Call = (args, machine) => {
  const [type, index] = args;
  if (typeof type !== 'string' || type.length > 64) throw badCall(machine, 'torch.device');
  return new PyLeaf(typeof index === 'number' ? `${type}:${index}` : type);
};

const typeOnly: Call = (_, machine) => {
  throw badCall(machine, 'a class of PyTorch');
};

/** The items of a list that TorchScript wraps to keep its element type. */
const typedList: Call = (args, machine) => {
  if (!(args[0] instanceof PyList)) throw badCall(machine, 'torch.jit._pickle');
  return args[0];
};

const torchGlobals: ReadonlyMap<string, Call> = new Map<string, Call>([
  ['torch._utils._rebuild_tensor', rebuildTensor],
  ['torch._utils._rebuild_tensor_v2', rebuildTensor],
  ['torch._utils._rebuild_tensor_v3', rebuildTensorV3],
  ['torch._utils._rebuild_parameter', rebuildParameter],
  ['torch._utils._rebuild_parameter_with_state', rebuildParameter],
  ['torch._tensor._rebuild_from_type', rebuildFromType],
  ['torch._tensor._rebuild_from_type_v2', rebuildFromType],
  ['torch.Size', size],
  ['torch.device', device],
  ['torch.serialization._get_layout', plainLayout],
  ['torch.Tensor', typeOnly],
  ['torch.nn.parameter.Parameter', typeOnly],
  ['torch.nn.parameter.Buffer', typeOnly],
  ...['build_intlist', 'build_doublelist', 'build_boollist', 'build_tensorlist'].map((name): readonly [string, Call] => [
    `torch.jit._pickle.${name}`,
    typedList,
  ]),
]);

function plainLayout(args: readonly PyValue[], machine: Machine): PyLeaf {
  if (typeof args[0] !== 'string' || args[0].length > 64) throw badCall(machine, 'torch.serialization._get_layout');
  return new PyLeaf(args[0]);
}

const dtypeNames: ReadonlySet<string> = new Set([
  ...Object.keys(dtypes),
  'half',
  'float',
  'double',
  'long',
  'int',
  'short',
  'complex64',
  'complex128',
  'strided',
  'contiguous_format',
  'channels_last',
  'channels_last_3d',
  'preserve_format',
]);

const tensorClass = /^torch\.(?:cuda\.)?(\w+)Tensor$/;

function isPlainName(name: string): boolean {
  const tensor = tensorClass.exec(name)?.[1];
  return (
    storageName.test(name) || (tensor !== undefined && classes.has(tensor)) || dtypeNames.has(dtypeName.exec(name)?.[1] ?? '')
  );
}

/** Classes of a TorchScript archive, which its own code defines: inert here, nothing but attributes. */
const scriptClass = /^__torch__\./;

export interface HostOptions {
  /** For messages: the file. */
  readonly name: string;
  readonly persistent: (id: PyValue) => PyValue;
  /** The archive is TorchScript. */
  readonly script?: boolean;
}

/** What a pickle of PyTorch may name, call and build. */
export function torchHost({ name: file, persistent, script = false }: HostOptions): PickleHost {
  const find = (name: string): Call | undefined => torchGlobals.get(name) ?? pythonGlobals.get(name) ?? numpyGlobals.get(name);
  const blocked = (name: string): OcelliError =>
    new OcelliError(
      'unsupported',
      `${file}: blocked global ${name}: Ocelli reads data and never runs a checkpoint's code; save the state dict alone with torch.save(model.state_dict(), path)`,
    );
  return {
    persistent,
    global: (name) => {
      if (find(name) === undefined && !isPlainName(name) && !(script && scriptClass.test(name)))
        throw blocked(name.slice(0, 200));
      return new PyGlobal(name);
    },
    call: (callable, args, machine) => {
      if (!(callable instanceof PyGlobal)) throw machine.reader.error('it calls something that is no global');
      if (script && scriptClass.test(callable.name)) {
        if (args.length > 0) throw badCall(machine, callable.name);
        machine.charge(512);
        return new PyBag(callable.name);
      }
      const run = find(callable.name);
      if (run === undefined) throw badCall(machine, callable.name);
      return run(args, machine);
    },
    build: (target, state, machine) => {
      const built = buildPlain(target, state, machine) ?? buildNumpy(target, state, machine);
      if (built !== undefined) return built;
      // A parameter or tensor saved with attributes of its own: the values are what counts.
      if (target instanceof PyTensor && state instanceof PyDict) return target;
      throw machine.reader.error('it sets the state of something that has none');
    },
  };
}
