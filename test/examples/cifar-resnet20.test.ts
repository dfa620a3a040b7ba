/** The ResNet-20 of examples/ against the logits recorded for a real checkpoint on a thousand CIFAR-10 pictures. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { importExample } from '../cli/bundle-example.ts';

const data: string = new URL('../../../shared/data/', import.meta.url).pathname;
const weights = `${data}weights/resnet20-12fca82f.th`;
const pictures = `${data}cifar10/test_1000.bin`;
const present: boolean = existsSync(weights) && existsSync(pictures);
if (!present) console.log(`skipped: the CIFAR-10 test needs ${weights} and ${pictures}`);

type Evaluate = (weights: string, pictures: string) => Promise<{ logits: Float32Array; labels: Uint8Array }>;

test('the example is short', async () => {
  const source = await readFile(new URL('../../examples/cifar-resnet20.mjs', import.meta.url), 'utf8');
  expect(source.split('\n').length - 1).toBeLessThan(60);
});

test.skipIf(!present)('gives the recorded logits within 1e-3 and 80.4 % accuracy', async () => {
  const { evaluate } = await importExample('cifar-resnet20.mjs');
  const { logits, labels } = await (evaluate as Evaluate)(weights, pictures);
  const bytes = await readFile(`${data}cifar10/resnet20_logits_test_1000.f32`);
  const expected = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  expect(logits.length).toBe(10_000);
  const worst = expected.reduce((max, value, i) => Math.max(max, Math.abs(value - (logits[i] ?? Number.NaN))), 0);
  expect(worst).toBeLessThan(1e-3);
  const right = labels.filter((label, i) => {
    const ten = logits.subarray(i * 10, i * 10 + 10);
    return ten.indexOf(Math.max(...ten)) === label;
  });
  expect(right.length).toBe(804);
});
