/** The trainer in a real Chromium: checkpoints in private files, resumed to the same bits; networks with batch norms on WebGPU. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import { type Lab, openLab, whyNoChromium } from './chromium.ts';
import { miniLosses } from './mini.ts';
import type { RunResult } from './pages/trainer.ts';

if (whyNoChromium) console.log(`browser tests are skipped: ${whyNoChromium}`);

describe.skipIf(whyNoChromium !== undefined)('train in Chromium', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab(['trainer'], { webgpu: true });
  });
  afterAll(() => lab?.close());

  test('a run that is left and resumed in a new page ends with the same bits', async () => {
    const page = await lab.open('trainer');
    const run = async (folder: string, how: object): Promise<RunResult> =>
      (await page.evaluate(`run(${JSON.stringify(folder)}, ${JSON.stringify(how)})`)) as RunResult;
    const whole = await run('runs/whole', {});
    expect(whole).toMatchObject({ from: 0, to: 18 });
    expect(whole.files).toEqual(
      expect.arrayContaining([
        'best.safetensors',
        'checkpoint.json',
        'checkpoint-00000018.safetensors',
        'log.jsonl',
        'report.html',
      ]),
    );
    const first = await run('runs/parts', { until: 8 });
    expect(first).toMatchObject({ from: 0, to: 8 });
    expect(first.weights).not.toBe(whole.weights);
    await page.reload();
    const second = await run('runs/parts', { resume: true });
    expect(second).toMatchObject({ from: 8, to: 18 });
    expect(second.weights).toBe(whole.weights);
    await page.close();
  });

  test('in a web worker a step leaves the page alive', async () => {
    const page = await lab.open('trainer');
    const ticks = (await page.evaluate(`ticksDuringStep({ threads: 1, worker: true })`)) as number[];
    await page.close();
    expect(Math.min(...ticks)).toBeGreaterThan(0);
  });

  test.each([{ threads: 1 }, { backend: 'webgpu' }])("a small EfficientNet has Node's losses, %j", async (options) => {
    const page = await lab.open('trainer');
    const losses = (await page.evaluate(`losses(${JSON.stringify(options)})`)) as number[];
    await page.close();
    await using runtime = await nodeRuntime();
    const expected = await miniLosses(runtime);
    const errors = losses.map((loss, i) => Math.abs(loss - (expected[i] as number)) / (expected[i] as number));
    console.log(
      `${JSON.stringify(options)}: losses ${losses.map((loss) => loss.toFixed(4)).join(', ')}, off by ${Math.max(...errors).toExponential(1)}`,
    );
    expect(Math.max(...errors)).toBeLessThan(1e-4);
  });
});
