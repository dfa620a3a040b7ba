/** What a back end is: something that loads ONNX bytes and turns named tensors into named tensors. */
import type { DType } from '../base/dtype.ts';
import type { Tensor } from '../base/tensor.ts';

/** Native code in Node; WASM in Node and in browsers; WebGPU in browsers. */
export type RuntimeName = 'ort-node' | 'ort-web-wasm' | 'ort-web-webgpu';

/** What is running, for `doctor`, benchmarks and reports. */
export interface RuntimeInfo {
  /** ONNX Runtime's version. */
  readonly version: string;
  /** Threads inside one operator; 0 leaves the number to ONNX Runtime, which takes one per physical core. */
  readonly threads: number;
  /** True when runs happen in another thread, so that the caller's event loop stays alive. */
  readonly worker: boolean;
  /** Why this back end and not the better one, when there is a reason: "onnxruntime-node is not installed ...". */
  readonly note?: string;
}

/** An ONNX model in memory, and its external file when it has one, whose bytes come in order and part by part. */
export interface ModelSource {
  readonly model: Uint8Array;
  readonly external?:
    | { readonly file: string; readonly size: number; parts(): AsyncIterable<Uint8Array> | Iterable<Uint8Array> }
    | undefined;
}

/** An ONNX file of this machine, with its external files beside it. */
export interface ModelFile {
  readonly path: string;
}

export interface LoadOptions {
  /**
   * Lets ONNX Runtime rewrite the graph: right for inference with baked weights; for training graphs it gains nothing and
   * costs seconds. Default true.
   */
  readonly optimize?: boolean;
  /** Threads inside one operator; default the runtime's. WASM has one number for all sessions, the runtime's. */
  readonly threads?: number;
  /**
   * Inputs whose values stay inside the session: after every run, each named input holds what the named output gave.
   * `{ weight: 'weight:next' }`. Set them with `write` before the first run, read them with `read`. They cross no thread
   * and, on WebGPU, do not leave the GPU.
   */
  readonly carry?: Readonly<Record<string, string>>;
  /** Carried inputs of static shape that are zeros until they are written. */
  readonly zeroed?: readonly string[];
  /**
   * Carried inputs whose new values are written over the old ones where the back end can, which saves their memory once.
   * Only for programs that make the new value after the last use of the old one.
   */
  readonly overwritten?: readonly string[];
}

export interface RunOptions {
  /**
   * Tensors to write outputs into, by name; what is not named is allocated. They come back as the results. In a worker
   * they are moved there and back: their arrays are detached, the results' arrays are new views of the same memory.
   */
  readonly outputs?: Readonly<Record<string, Tensor>>;
  /** Stops before the run starts; a run that has started is finished. */
  readonly signal?: AbortSignal;
}

/** An input or output of a loaded model. A string is a dim that is known at run time; equal names are equal numbers. */
export interface SessionPort {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly (number | string)[];
}

/** A loaded model. Concurrent runs wait for each other. */
export interface Session {
  readonly inputs: readonly SessionPort[];
  readonly outputs: readonly SessionPort[];
  /**
   * One run. `feeds` has every input that is not carried; the results have every output that is not carried.
   *
   * A session in a worker takes ownership of the feeds: a tensor that fills its ArrayBuffer is moved, not copied, and its
   * array is empty afterwards; feed a copy to keep it.
   * @throws shape when a feed is missing, unknown, or of another dtype or shape
   * @throws runtime when ONNX Runtime fails or the session was disposed
   */
  run(feeds: Readonly<Record<string, Tensor>>, options?: RunOptions): Promise<Record<string, Tensor>>;
  /** Sets carried inputs. The values are copied. */
  write(values: Readonly<Record<string, Tensor>>): Promise<void>;
  /** Copies of carried inputs as they are after the last run; all of them without `names`. */
  read(names?: readonly string[]): Promise<Record<string, Tensor>>;
  /** Frees the session once its runs are done. Calling it again does nothing. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A back end. */
export interface Runtime {
  readonly name: RuntimeName;
  readonly info: RuntimeInfo;
  /** Which lowerings suit it. */
  readonly target: 'cpu' | 'webgpu';
  /**
   * Loads a model from memory, in Node also from a file.
   * @throws runtime when ONNX Runtime refuses the model
   */
  load(source: ModelSource | ModelFile, options?: LoadOptions): Promise<Session>;
  /** Ends what the runtime itself holds, such as its worker thread; sessions stop working. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
