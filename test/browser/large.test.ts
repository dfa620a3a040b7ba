/** In a real Chromium: a training step of EfficientNet-B0 at 224, batch 4, on WASM, and the memory it takes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import { readGolden } from '../parity/goldens.ts';
import { type Lab, openLab, whyNoChromium } from './chromium.ts';
import { largeStep } from './large.ts';

if (whyNoChromium) console.log(`browser tests are skipped: ${whyNoChromium}`);

/** A page's WASM can have no more. */
const LIMIT = 2 ** 32;

describe.skipIf(whyNoChromium !== undefined)('a large training step in Chromium', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab(['large']);
  });
  afterAll(() => lab?.close());

  test("EfficientNet-B0, 4 pictures of 224x224: Node's loss, and well within WASM's memory", async () => {
    const { ranges } = readGolden('efficientnet_b0');
    const page = await lab.open('large');
    const start = Date.now();
    const { loss, wasmBytes } = (await page.evaluate(`takeLargeStep(${JSON.stringify(ranges)})`)) as {
      readonly loss: number;
      readonly wasmBytes: number;
    };
    const seconds = (Date.now() - start) / 1000;
    const peak = await lab.peakMemory();
    const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
    console.log(
      `B0 at 224, batch 4, on WASM with 2 threads: loading and one step in ${seconds.toFixed(1)} s; peak memory ` +
        `${megabytes(wasmBytes)} of WASM, ${peak === undefined ? 'unknown' : megabytes(peak)} of the whole page's process`,
    );
    await using runtime = await nodeRuntime();
    const expected = await largeStep(runtime, ranges);
    expect(Math.abs(loss - expected)).toBeLessThan(1e-4 * expected);
    expect(wasmBytes).toBeLessThan(LIMIT / 2);
  });
});
