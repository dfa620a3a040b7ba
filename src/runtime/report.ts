/** What `ocelli doctor` says of back ends: which work here, which is chosen, and what to do about those that do not. */
import type { RuntimeName } from './runtime.ts';

/** One back end, as it is found on this machine. */
export interface BackendReport {
  readonly name: RuntimeName;
  readonly available: boolean;
  /** ONNX Runtime's version, where it loads. */
  readonly version?: string;
  /** Threads it would take; 0 is one per physical core. */
  readonly threads?: number;
  /** Execution providers of the native build: cpu, webgpu, cuda ... */
  readonly providers?: readonly string[];
  /** Why it is not available. */
  readonly problem?: string;
  /** What to do about it. */
  readonly advice?: string;
}

export interface RuntimeReport {
  readonly backends: readonly BackendReport[];
  /** What runs when nothing is asked for. */
  readonly chosen: RuntimeName | undefined;
  /** Logical processors this process may use. */
  readonly processors: number;
  /** In a browser: whether the page may use threads. */
  readonly crossOriginIsolated?: boolean;
  /** Advice on what works but could work better. */
  readonly advice: readonly string[];
}
