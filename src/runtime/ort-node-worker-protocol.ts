/** The messages between a worker runtime and its thread. */
import type { ErrorCode } from '../base/errors.ts';
import type { Tensor } from '../base/tensor.ts';
import type { LoadOptions, ModelFile, RuntimeInfo, RuntimeName, SessionPort } from './runtime.ts';

/** What the thread is started with. */
export interface WorkerSettings {
  readonly backend?: 'native' | 'wasm';
  readonly threads?: number;
}

type Tensors = Readonly<Record<string, Tensor>>;

/** A model as it crosses to the thread: a file, or bytes with the whole external file. */
export type MessageModel =
  | ModelFile
  | { readonly model: Uint8Array; readonly external?: { readonly file: string; readonly data: Uint8Array<ArrayBuffer> } };

/** What can be asked of the thread, and what it answers. */
export interface Calls {
  start: { readonly ask: object; readonly answer: { readonly name: RuntimeName; readonly info: RuntimeInfo } };
  load: {
    readonly ask: { readonly source: MessageModel; readonly options: LoadOptions };
    readonly answer: {
      readonly session: number;
      readonly inputs: readonly SessionPort[];
      readonly outputs: readonly SessionPort[];
    };
  };
  run: {
    readonly ask: { readonly session: number; readonly feeds: Tensors; readonly outputs: Tensors };
    readonly answer: Tensors;
  };
  write: { readonly ask: { readonly session: number; readonly values: Tensors }; readonly answer: null };
  read: { readonly ask: { readonly session: number; readonly names: readonly string[] | undefined }; readonly answer: Tensors };
  dispose: { readonly ask: { readonly session: number }; readonly answer: null };
}

export type Request = {
  [K in keyof Calls]: { readonly id: number; readonly call: K; readonly ask: Calls[K]['ask'] };
}[keyof Calls];

export type Reply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: { readonly code: ErrorCode; readonly message: string } };

/** The buffers that can be moved with these tensors: those that hold one tensor and nothing else. */
export function movable(tensors: Tensors): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const { data } of Object.values(tensors)) {
    if (data.buffer instanceof ArrayBuffer && data.byteLength === data.buffer.byteLength) buffers.add(data.buffer);
  }
  return [...buffers];
}
