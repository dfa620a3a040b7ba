/** The report of back ends in Node. */
import { expect, test } from 'vitest';
import { reportNode } from './ort-node-report.ts';

test('lists the back ends, says which is chosen, and gives advice for what does not load', async () => {
  const report = await reportNode();
  expect(report.backends.map(({ name }) => name)).toEqual(['ort-node', 'ort-web-wasm']);
  expect(report.chosen).toBe(report.backends.find(({ available }) => available)?.name);
  expect(report.processors).toBeGreaterThan(0);
  for (const backend of report.backends) {
    if (backend.available) expect(backend.version).toMatch(/^\d+\./);
    else expect(backend.advice).toBeTruthy();
  }
});
