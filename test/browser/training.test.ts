/** The first training step on WASM in a real Chromium: loss, gradients, weights and statistics as torch's, within 5 gaps. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GAPS, readGolden } from '../parity/goldens.ts';
import { trainingModels } from '../parity/training.ts';
import { type Lab, openLab, whyNoChromium } from './chromium.ts';

if (whyNoChromium) console.log(`browser tests are skipped: ${whyNoChromium}`);

/** [gap, Euclidean norm, ...samples] of every compared tensor. */
type Golden = Readonly<Record<string, readonly [gap: number, norm: number, ...samples: number[]]>>;

describe.skipIf(whyNoChromium !== undefined)('training in Chromium', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab(['training']);
  });
  afterAll(() => lab?.close());

  test.each(Object.keys(trainingModels))('the first step of %s equals torch', async (name) => {
    const path = new URL(`../parity/goldens/training/${name}.json`, import.meta.url);
    const golden = JSON.parse(readFileSync(path, 'utf8')) as Golden;
    const kept = Object.fromEntries(Object.entries(golden).map(([key, [, , ...samples]]) => [key, samples.length]));
    const page = await lab.open('training');
    const call = `firstStep(${JSON.stringify(name)}, ${JSON.stringify(readGolden(name).ranges)}, ${JSON.stringify(kept)})`;
    const results = (await page.evaluate(call)) as Record<string, number[]>;
    await page.close();
    const wrong: string[] = [];
    let most = 0;
    for (const [key, [gap, , ...samples]] of Object.entries(golden)) {
      const errors = samples.map((expected, i) => Math.abs((results[key]?.[i] ?? Number.NaN) - expected));
      const worst = Math.max(...errors) / (GAPS * gap);
      most = Math.max(most, worst);
      if (!(worst <= 1)) wrong.push(`${key}: ${worst.toFixed(2)} tolerances`);
    }
    console.log(`${name}: ${Object.keys(golden).length} tensors, the worst at ${most.toFixed(2)} of the tolerance`);
    expect(wrong).toEqual([]);
  });
});
