/** ONNX Runtime in Node: native code, in this thread or in a worker, or WASM where the native package is missing. */
import { availableParallelism } from 'node:os';
import { messageOf } from '../base/errors.ts';
import { throughFile } from './ort-node-files.ts';
import { loadNative, quiet } from './ort-node-load.ts';
import { workerRuntime } from './ort-node-worker.ts';
import { createOrtSession, type OrtSessionSettings } from './ort-session.ts';
import type { Ort } from './ort-tensor.ts';
import { configured } from './ort-web.ts';
import type { LoadOptions, ModelFile, ModelSource, Runtime, RuntimeInfo, Session } from './runtime.ts';

export interface NodeRuntimeOptions {
  /** 'native' falls back to WASM, with a note in `info`, when onnxruntime-node is not installed. Default 'native'. */
  readonly backend?: 'native' | 'wasm';
  /** Default: native takes one thread per physical core (0), WASM as many as there are cores, at most 4. */
  readonly threads?: number;
  /**
   * Loads and runs in a worker thread. A native run blocks the thread it is in, so whatever takes long belongs there.
   * Feeds are moved, not copied: their arrays are empty after a run. Default false.
   */
  readonly worker?: boolean;
  /** The worker's script, for programs that are bundled into one file; default the one beside this module. */
  readonly workerEntry?: URL;
}

/** Starts a back end in Node. @throws runtime when not even WASM can be loaded */
export async function nodeRuntime(options: NodeRuntimeOptions = {}): Promise<Runtime> {
  quiet();
  if (options.worker) {
    const { worker: _, workerEntry, ...inside } = options;
    return workerRuntime(inside, workerEntry);
  }
  if (options.backend === 'wasm') return wasmInNode(options);
  let ort: Ort & { readonly env: { readonly versions: { readonly node?: string; readonly common: string } } };
  try {
    ort = await loadNative();
  } catch (error) {
    const reason = messageOf(error)
      .split('\n')[0]
      ?.replace(/ imported from .*/, '');
    return wasmInNode(
      options,
      `onnxruntime-node is not installed or does not load (${reason}), so WASM runs instead, which is slower`,
    );
  }
  const threads = options.threads ?? 0;
  const info: RuntimeInfo = { version: ort.env.versions.node ?? ort.env.versions.common, threads, worker: false };
  const settings: OrtSessionSettings = { name: 'ort-node', executionProvider: 'cpu', threads, writesOutputs: true };
  return {
    name: 'ort-node',
    info,
    target: 'cpu',
    load: (source: ModelSource | ModelFile, loadOptions: LoadOptions = {}): Promise<Session> =>
      throughFile(source, (model) => createOrtSession(ort, settings, model, loadOptions)),
    dispose: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

/** The package's Node build of WASM: under Node's conditions, unlike a browser's, the bare import holds nothing else. */
async function wasmInNode(options: NodeRuntimeOptions, note?: string): Promise<Runtime> {
  const ort = await import('onnxruntime-web');
  const threads = options.threads ?? Math.min(4, availableParallelism());
  return configured(ort, 'ort-web-wasm', { threads, ...(note === undefined ? {} : { note }) });
}
