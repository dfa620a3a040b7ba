/** Finds out which back ends work in this browser. */
import { messageOf } from '../base/errors.ts';
import { type WebRuntimeOptions, webRuntime } from './ort-web.ts';
import type { BackendReport, RuntimeReport } from './report.ts';

/** Loads each back end and reports; nothing is run. Never throws: what fails is in the report. */
export async function reportWeb(options: Pick<WebRuntimeOptions, 'wasmBase'> = {}): Promise<RuntimeReport> {
  const wasm = await backendReport({ ...options, backend: 'wasm' });
  const webgpu = await backendReport({ ...options, backend: 'webgpu' });
  const isolated = globalThis.crossOriginIsolated === true;
  return {
    backends: [wasm, webgpu],
    chosen: wasm.available ? wasm.name : undefined,
    processors: globalThis.navigator?.hardwareConcurrency ?? 1,
    crossOriginIsolated: isolated,
    advice: isolated
      ? []
      : [
          'WASM runs in one thread: serve the page with "Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp" for more',
        ],
  };
}

async function backendReport(options: WebRuntimeOptions): Promise<BackendReport> {
  try {
    const { name, info } = await webRuntime(options);
    return { name, available: true, version: info.version, threads: info.threads };
  } catch (error) {
    const gpu = options.backend === 'webgpu';
    return {
      name: gpu ? 'ort-web-webgpu' : 'ort-web-wasm',
      available: false,
      problem: messageOf(error),
      advice: gpu
        ? 'use a browser with WebGPU on a machine with a GPU; WASM is used meanwhile'
        : 'check that the .wasm files are served',
    };
  }
}
