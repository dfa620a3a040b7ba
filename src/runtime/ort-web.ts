/** ONNX Runtime's web builds: WASM and WebGPU. Each is imported when it is asked for, so that one does not load the other. */
import type { Env } from 'onnxruntime-common';
import { messageOf, OcelliError } from '../base/errors.ts';
import { createOrtSession } from './ort-session.ts';
import type { Ort } from './ort-tensor.ts';
import type { LoadOptions, ModelFile, ModelSource, Runtime, RuntimeInfo, RuntimeName, Session } from './runtime.ts';

export interface WebRuntimeOptions {
  /** Default 'wasm'. 'webgpu' throws where the browser has no adapter. */
  readonly backend?: 'wasm' | 'webgpu';
  /**
   * Where `ort-wasm-simd-threaded.mjs` and `.wasm` (for WebGPU `ort-wasm-simd-threaded.asyncify.*`) are served, ending in
   * a slash; without it they are looked for beside the bundle.
   */
  readonly wasmBase?: string;
  /** Default 1, or up to 4 on a page that is cross-origin isolated. The first runtime made decides for the page. */
  readonly threads?: number;
  /**
   * Runs WASM in a web worker, so that the page stays alive during long runs. Feeds are then moved: their arrays are
   * empty after a run. Not for WebGPU, whose runs do not block. Default false.
   */
  readonly worker?: boolean;
}

/** What `onnxruntime-web`'s builds export. */
export interface OrtWeb extends Ort {
  readonly env: Env;
}

function defaultThreads(): number {
  if (!globalThis.crossOriginIsolated) return 1;
  return Math.max(1, Math.min(4, globalThis.navigator?.hardwareConcurrency ?? 1));
}

/**
 * Starts a back end in a browser, or WASM in Node.
 * @throws runtime when the build cannot be loaded or there is no WebGPU adapter
 */
export async function webRuntime(options: WebRuntimeOptions = {}): Promise<Runtime> {
  const backend = options.backend ?? 'wasm';
  if (backend === 'webgpu') {
    await checkAdapter();
    return configured(await imported(() => import('onnxruntime-web/webgpu')), 'ort-web-webgpu', options);
  }
  return configured(await imported(() => import('onnxruntime-web/wasm')), 'ort-web-wasm', options);
}

async function imported(load: () => Promise<OrtWeb>): Promise<OrtWeb> {
  try {
    return await load();
  } catch (error) {
    throw new OcelliError('runtime', `onnxruntime-web could not be loaded: ${messageOf(error)}`, { cause: error });
  }
}

async function checkAdapter(): Promise<void> {
  const gpu = (globalThis.navigator as { readonly gpu?: { requestAdapter(): Promise<object | null> } } | undefined)?.gpu;
  if (!(await gpu?.requestAdapter())) {
    throw new OcelliError('runtime', 'this browser offers no WebGPU adapter; use the wasm back end');
  }
}

/** A runtime over a build of onnxruntime-web that is already loaded. */
export function configured(ort: OrtWeb, name: RuntimeName, options: WebRuntimeOptions & { readonly note?: string }): Runtime {
  const threads = options.threads ?? defaultThreads();
  ort.env.logLevel = 'fatal';
  const { wasm } = ort.env;
  wasm.numThreads = threads;
  if (options.wasmBase !== undefined) wasm.wasmPaths = options.wasmBase;
  const worker = options.worker === true && name === 'ort-web-wasm';
  if (worker) wasm.proxy = true;
  const version = ort.env.versions.web ?? ort.env.versions.common;
  const info: RuntimeInfo = { version, threads, worker, ...(options.note === undefined ? {} : { note: options.note }) };
  const executionProvider = name === 'ort-web-webgpu' ? 'webgpu' : 'wasm';
  return {
    name,
    info,
    target: name === 'ort-web-webgpu' ? 'webgpu' : 'cpu',
    load: (source: ModelSource | ModelFile, loadOptions: LoadOptions = {}): Promise<Session> =>
      createOrtSession(ort, { name, executionProvider, writesOutputs: false, movesFeeds: worker }, source, loadOptions),
    dispose: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}
