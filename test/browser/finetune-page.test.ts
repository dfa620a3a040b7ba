/** The example's page in a real Chromium: it takes pictures, refuses other things, learns the shapes set, answers, and gives the weights. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shapes } from '../../src/data/index.ts';
import { efficientnet_mini } from '../../src/models/classification/efficientnet.ts';
import { getModelWeights } from '../../src/models/index.ts';
import { nodePlatform } from '../../src/platform/node.ts';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import { loadWeights } from '../../src/tasks/load-weights.ts';
import { evaluate } from '../../src/train/evaluate.ts';
import { encodePng } from '../../src/train/report/png.ts';
import { launchChromium, whyNoChromium } from './chromium.ts';

if (whyNoChromium) console.log(`browser tests are skipped: ${whyNoChromium}`);

const configFile = fileURLToPath(new URL('../../examples/finetune-page/vite.config.ts', import.meta.url));
const samples = new URL('../../samples/', import.meta.url);
const MINUTES = 60_000;

/** The classes that the page takes of the shapes set, and pictures of them that it has not seen. */
const classes = ['circle', 'cross', 'ring'] as const;
const unseen = shapes({ shapes: classes, size: 64, length: 300, split: 'test' });

interface Dropped {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Drops files on the element, as a reader's mouse would. */
async function drop(page: Page, selector: string, files: readonly Dropped[]): Promise<void> {
  const plain = files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString('base64') }));
  await page.evaluate(
    `(() => {
      const dataTransfer = new DataTransfer();
      for (const { name, base64 } of ${JSON.stringify(plain)})
        dataTransfer.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name));
      document.querySelector(${JSON.stringify(selector)}).dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    })()`,
  );
}

const boxOf = (number: number): string => `#boxes .box:nth-child(${number})`;

describe.skipIf(whyNoChromium !== undefined)('the page that fine-tunes', () => {
  let folder: string;
  let server: PreviewServer;
  let browser: Browser;
  let webgpu: Browser;
  const problems: string[] = [];

  const open = async (where: Browser): Promise<Page> => {
    const page = await where.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(server.resolvedUrls?.local[0] ?? '');
    await page.waitForSelector(boxOf(2));
    return page;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ocelli-page-'));
    const config = { configFile, logLevel: 'error', build: { outDir: folder } } as const;
    await build(config);
    server = await preview({ ...config, preview: { port: 0, host: '127.0.0.1' } });
    [browser, webgpu] = await Promise.all([launchChromium(), launchChromium({ webgpu: true })]);
  });
  afterAll(async () => {
    await Promise.all([browser?.close(), webgpu?.close(), server?.close()]);
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  test('takes pictures, says what it cannot take, and what is missing', async () => {
    const page = await open(browser);
    const clock = await readFile(new URL('clock.jpg', samples));
    expect(await page.evaluate('crossOriginIsolated')).toBe(true);
    expect(await page.textContent('#train-hint')).toBe('Put pictures into at least two boxes.');
    await drop(page, boxOf(1), [
      { name: 'clock.jpg', bytes: clock },
      { name: 'notes.txt', bytes: new TextEncoder().encode('no picture') },
      { name: 'half.jpg', bytes: clock.subarray(0, clock.length / 2) },
      { name: 'nothing.png', bytes: new Uint8Array(0) },
    ]);
    await page.waitForFunction(`document.querySelectorAll('${boxOf(1)} .refused li').length === 3`);
    expect(await page.locator(`${boxOf(1)} .refused li`).allTextContents()).toEqual([
      expect.stringMatching(/^notes\.txt: .*it takes JPEG, PNG/),
      expect.stringMatching(/^half\.jpg: damaged/),
      'nothing.png: the file is empty, not a picture',
    ]);
    expect(await page.textContent(`${boxOf(1)} .foot span`)).toBe('1 picture');
    await page.setInputFiles(`${boxOf(2)} input[type=file]`, fileURLToPath(new URL('balloon.jpg', samples)));
    await page.waitForSelector('#train:enabled');
    await page.fill(`${boxOf(2)} input[type=text]`, 'Class 1');
    expect(await page.textContent('#train-hint')).toBe('Two classes are called “Class 1”.');
    expect(await page.isDisabled('#train')).toBe(true);
    await page.click(`${boxOf(1)} .close`);
    expect(await page.textContent('#train-hint')).toBe('Put pictures into at least two boxes.');
    await page.close();
  });

  test('learns the shapes set, answers, and gives weights that are as good in Node', { timeout: 15 * MINUTES }, async () => {
    const page = await open(browser);
    await page.click('#use-shapes');
    await page.waitForFunction(`document.querySelectorAll('#boxes .thumb').length === 72`);
    const start = Date.now();
    await page.click('#train');
    await page.waitForFunction(
      `/^Epoch \\d of \\d · step \\d+ of 216 · \\d+ pictures\\/s · \\d+ (s|min) left$/.test(document.querySelector('#status').textContent)`,
      undefined,
      { timeout: 2 * MINUTES },
    );
    await page.waitForSelector('#weights:visible', { timeout: 12 * MINUTES });
    const seconds = (Date.now() - start) / 1000;
    const result = (await page.textContent('#result')) ?? '';
    console.log(`the page, WASM: ${result} (${seconds.toFixed(0)} s)`);
    expect(Number(/about ([\d.]+) % of the 216 pictures held back/.exec(result)?.[1])).toBeGreaterThan(95);
    expect((await page.getAttribute('#accuracy-chart .held', 'points'))?.split(' ').length).toBe(4);

    for (const index of [0, 1, 2]) {
      const name = classes[index] as string;
      await drop(page, '#try-drop', [{ name: `${name}.png`, bytes: encodePng(unseen.get(index).picture) }]);
      await page.waitForFunction(`document.querySelector('#answers li:first-child span')?.textContent === '${name}'`);
    }
    await drop(page, '#try-drop', [{ name: 'notes.txt', bytes: new TextEncoder().encode('no picture') }]);
    await page.waitForSelector('#try-error:visible');
    expect(await page.textContent('#try-error')).toMatch(/^notes\.txt: .*it takes JPEG, PNG/);

    const downloaded = async (button: string): Promise<string> => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
      const path = join(folder, download.suggestedFilename());
      await download.saveAs(path);
      return path;
    };
    expect(await readFile(await downloaded('#report'), 'utf8')).toContain('Fine-tuning in a browser');
    const net = efficientnet_mini({ numClasses: 3 });
    const platform = nodePlatform();
    await loadWeights(net, await downloaded('#weights'), { platform });
    await using runtime = await nodeRuntime();
    // What the page normalizes by: as the weights that it starts from were, where there are some.
    const entry = (await getModelWeights('efficientnet_mini')).find(({ preset }) => preset.channels !== 'gray');
    const { mean, std } = entry?.preset ?? { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
    const transforms = [{ kind: 'resize', size: 32 }, { kind: 'toTensor' }, { kind: 'normalize', mean, std }] as const;
    const { metrics } = await evaluate(net, unseen, { runtime, platform, transforms });
    console.log(`its weights in Node: ${(100 * metrics.top1).toFixed(1)} % of ${metrics.count} other pictures`);
    expect(metrics.top1).toBeGreaterThan(0.95);
    await page.close();
  });

  test.each(['wasm', 'webgpu'] as const)(
    'trains on %s, and stops when it is told',
    { timeout: 15 * MINUTES },
    async (backend) => {
      const page = await open(backend === 'webgpu' ? webgpu : browser);
      await page.click('#use-shapes');
      await page.click(`label:has([value=${backend}])`);
      await page.click('#train:enabled');
      // In software a step on WebGPU takes long, and stopping waits for the step that runs.
      const patient = { timeout: 7 * MINUTES };
      await page.waitForFunction(`/step \\d/.test(document.querySelector('#status').textContent)`, undefined, patient);
      await page.click('#stop');
      await page.waitForSelector('#train:enabled', patient);
      expect(await page.textContent('#result')).toBe('Stopped before the first epoch was over; there is nothing to try yet.');
      expect(await page.isVisible('#weights')).toBe(false);
      await page.close();
    },
  );

  test('no page failed in silence', () => expect(problems).toEqual([]));
});
