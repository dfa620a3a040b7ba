/** Between our tensors and ONNX Runtime's, without copying. */
import type { InferenceSession, Tensor as OrtTensor, TensorConstructor } from 'onnxruntime-common';
import { type DType, dtypes, isDType } from '../base/dtype.ts';
import { messageOf, OcelliError } from '../base/errors.ts';
import type { Tensor } from '../base/tensor.ts';
import type { SessionPort } from './runtime.ts';

/** The part of the ONNX Runtime packages that is used; both have it. */
export interface Ort {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
    create(path: string, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: TensorConstructor;
}

/** Element types that ONNX Runtime's JavaScript tensors have, under the same names. */
const ortTypes = [
  'float64',
  'float32',
  'float16',
  'int64',
  'int32',
  'int16',
  'int8',
  'uint64',
  'uint32',
  'uint16',
  'uint8',
  'bool',
] as const satisfies readonly (DType & OrtTensor.Type)[];

type OrtDType = (typeof ortTypes)[number];

function isOrtDType(name: string): name is OrtDType {
  return (ortTypes as readonly string[]).includes(name);
}

/** @throws unsupported for bfloat16, which ONNX Runtime's JavaScript tensors lack */
export function toOrt(ort: Ort, tensor: Tensor): OrtTensor {
  if (!isOrtDType(tensor.dtype)) {
    throw new OcelliError('unsupported', `ONNX Runtime takes no ${tensor.dtype} from JavaScript; convert it to float32 first`);
  }
  return new ort.Tensor(tensor.dtype as 'float32', tensor.data as Float32Array, tensor.shape);
}

/** @throws unsupported for strings */
export function fromOrt(value: OrtTensor): Tensor {
  const { type } = value;
  if (!isOrtDType(type)) throw new OcelliError('unsupported', `a program gives ${type}, which is no element type of ours`);
  const data = value.data as ArrayBufferView & { readonly length: number };
  // Where JavaScript has Float16Array, ONNX Runtime gives that; ours are 16-bit patterns.
  const ours = data instanceof dtypes[type].array ? data : new dtypes[type].array(data.buffer, data.byteOffset, data.length);
  return { dtype: type, shape: [...value.dims], data: ours } as Tensor;
}

/** What a session says of its inputs or outputs. @throws unsupported for strings, sequences and maps */
export function portsOf(metadata: readonly InferenceSession.ValueMetadata[]): SessionPort[] {
  return metadata.map((port) => {
    if (!port.isTensor || !isDType(port.type)) {
      throw new OcelliError('unsupported', `"${port.name}" of this ONNX model is no tensor of numbers`);
    }
    return { name: port.name, dtype: port.type, shape: [...port.shape] };
  });
}

/** ONNX Runtime's failure as one sentence: which node of ours, and why. */
export function runtimeError(doing: string, error: unknown): OcelliError {
  const text = messageOf(error);
  const node = /Name:'([^']*)'/.exec(text)?.[1];
  const status = /Status Message: ([\s\S]*)$/.exec(text)?.[1] ?? /ERROR_MESSAGE: ([\s\S]*)$/.exec(text)?.[1] ?? text;
  const line = status
    .split('\n')
    .map((part) => part.trim())
    .filter((part) => part !== '' && !part.startsWith('Please fix'))
    .slice(0, 2)
    .join('; ')
    // Places in ONNX Runtime's own sources say nothing to its users.
    .replace(/\S+\.(?:cc|h):\d+ (?:.* was false\. |\S+ )/, '')
    .slice(0, 400);
  return new OcelliError('runtime', `${doing} failed${node ? ` at ${node}` : ''}: ${line}`, { cause: error });
}
