/** Batches of pictures: every one is decoded or refused, and nothing waits or listens when it is over. */
import { getEventListeners } from 'node:events';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { decodeBatch, decodedBatches, firstBatch } from '../../src/cli/answers.ts';
import { nodePlatform } from '../../src/platform/node.ts';

const platform = nodePlatform();
const bag = await readFile(new URL('../../samples/clothes/bag.png', import.meta.url));
const sources = Array.from({ length: 25 }, (_, i) => ({ file: `${i}`, read: async () => (i === 7 ? new Uint8Array(9) : bag) }));

test('all pictures come in order, and no listener is left on the signal', async () => {
  const { signal } = new AbortController();
  const options = { batch: 2, signal };
  const found: string[] = [];
  for await (const batch of decodedBatches(sources, firstBatch(sources, 2, platform, signal), platform, options)) {
    for (const { file, image } of batch) found.push(typeof image === 'string' ? `${file} refused` : file);
    expect(getEventListeners(signal, 'abort').length).toBeLessThanOrEqual(1);
  }
  expect(found).toEqual(sources.map(({ file }) => (file === '7' ? '7 refused' : file)));
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('a picture that never comes is not waited for after the signal', async () => {
  const controller = new AbortController();
  const never = { file: '-', read: () => new Promise<Uint8Array>(() => undefined) };
  const decoded = decodeBatch([never], platform, controller.signal);
  controller.abort();
  expect(await decoded).toEqual([]);
  expect(await decodeBatch([never], platform, controller.signal)).toEqual([]);
  await expect(decodedBatches([never], decoded, platform, { batch: 1, signal: controller.signal }).next()).rejects.toMatchObject({
    code: 'aborted',
  });
});
