/** The contract of runtimes, kept in a real Chromium: WASM with one thread and two and in a web worker; WebGPU in software. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WebRuntimeOptions } from '../../src/runtime/ort-web.ts';
import { runtimeCases } from '../contracts/runtime.contract.ts';
import { type Lab, openLab, whyNoChromium } from './chromium.ts';
import type { CaseResult } from './pages/contract.ts';

if (whyNoChromium) console.log(`browser tests are skipped: ${whyNoChromium}`);

/** What a back end is known not to do, with the reason. */
type Skips = Readonly<Record<string, string>>;

const kinds: readonly { readonly name: string; readonly options: WebRuntimeOptions; readonly skips: Skips }[] = [
  { name: 'WASM, 1 thread', options: { threads: 1 }, skips: {} },
  { name: 'WASM, 2 threads', options: { threads: 2 }, skips: {} },
  { name: 'WASM in a web worker', options: { threads: 1, worker: true }, skips: {} },
  {
    name: 'WebGPU',
    options: { backend: 'webgpu' },
    skips: {
      'takes and gives float16': 'software WebGPU has no shader-f16',
      'takes and gives float64': 'WebGPU has no float64, and ONNX Runtime does not fall back',
      'names the module path of a node that fails, and works on': 'WebGPU does not check indices, so nothing fails',
    },
  },
];

for (const { name, options, skips } of kinds) {
  describe.skipIf(whyNoChromium !== undefined)(name, () => {
    let lab: Lab;
    let results: readonly CaseResult[];
    beforeAll(async () => {
      lab = await openLab(['contract'], { webgpu: options.backend === 'webgpu' });
      const page = await lab.open('contract');
      expect(await page.evaluate('isolated')).toBe(true);
      results = (await page.evaluate(`runContract(${JSON.stringify(options)})`)) as CaseResult[];
    });
    afterAll(() => lab?.close());

    for (const { name: what } of runtimeCases) {
      const reason = skips[what];
      test(reason ? `${what} (skipped: ${reason})` : what, { skip: reason !== undefined }, () => {
        expect(results.find((result) => result.name === what)).toEqual({ name: what });
      });
    }
  });
}
