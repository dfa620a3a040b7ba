/** Finds out which back ends work in this Node process. */
import { availableParallelism } from 'node:os';
import { messageOf } from '../base/errors.ts';
import { nodeRuntime } from './ort-node.ts';
import { loadNative } from './ort-node-load.ts';
import type { BackendReport, RuntimeReport } from './report.ts';

/** Loads each back end and reports; nothing is run. Never throws: what fails is in the report. */
export async function reportNode(): Promise<RuntimeReport> {
  const backends = [await native(), await wasm()];
  return {
    backends,
    chosen: backends.find(({ available }) => available)?.name,
    processors: availableParallelism(),
    advice: [],
  };
}

async function native(): Promise<BackendReport> {
  const name = 'ort-node';
  try {
    const { env, listSupportedBackends } = await loadNative();
    const providers = listSupportedBackends()
      .filter(({ bundled }) => bundled)
      .map((backend) => backend.name);
    return { name, available: true, version: env.versions.node ?? env.versions.common, threads: 0, providers };
  } catch (error) {
    return {
      name,
      available: false,
      problem: (messageOf(error).split('\n')[0] ?? '').replace(/ imported from .*/, ''),
      advice:
        'run "npm install onnxruntime-node" with network access, or set ONNXRUNTIME_NODE_INSTALL=skip while installing; WASM is used meanwhile',
    };
  }
}

async function wasm(): Promise<BackendReport> {
  const name = 'ort-web-wasm';
  try {
    const { info } = await nodeRuntime({ backend: 'wasm' });
    return { name, available: true, version: info.version, threads: info.threads };
  } catch (error) {
    return { name, available: false, problem: messageOf(error), advice: 'run "npm install onnxruntime-web"' };
  }
}
