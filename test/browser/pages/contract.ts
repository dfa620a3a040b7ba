/** A page that runs the contract of runtimes on the back end it is told. */
import { messageOf } from '../../../src/base/errors.ts';
import { type WebRuntimeOptions, webRuntime } from '../../../src/runtime/ort-web.ts';
import { runtimeCases } from '../../contracts/runtime.contract.ts';

/** What a case gave; no error means it passed. */
export interface CaseResult {
  readonly name: string;
  readonly error?: string;
}

async function runContract(options: WebRuntimeOptions): Promise<CaseResult[]> {
  const runtime = await webRuntime({ ...options, wasmBase: '/ort/' });
  const results: CaseResult[] = [];
  for (const { name, run } of runtimeCases) {
    try {
      await run(runtime);
      results.push({ name });
    } catch (error) {
      results.push({ name, error: messageOf(error) });
    }
  }
  await runtime.dispose();
  return results;
}

Object.assign(globalThis, { runContract, isolated: globalThis.crossOriginIsolated });
