/** Reading ahead gives the source's bytes, with fewer reads of it. */
import { expect, test } from 'vitest';
import { bufferSource } from '../platform/buffer.ts';
import { readAhead } from './read-ahead.ts';

const bytes = Uint8Array.from({ length: 700_000 }, (_, i) => (i * 2654435761) >>> 24);

test('gives the same bytes at any place, also at and past the end', async () => {
  const source = readAhead(bufferSource('bytes', bytes));
  for (const [offset, length] of [
    [0, 4],
    [10, 32 * 1024],
    [262_140, 8],
    [5, 100_000],
    [262_144, 100],
    [699_990, 10],
    [699_990, 50],
    [700_000, 1],
    [3, 0],
  ] as const) {
    expect(await source.read(offset, length)).toEqual(bytes.subarray(offset, offset + length));
  }
});

test('short reads side by side are one read of the source', async () => {
  let reads = 0;
  const inner = bufferSource('bytes', bytes);
  const source = readAhead({
    ...inner,
    read: (offset, length) => {
      reads++;
      return inner.read(offset, length);
    },
  });
  for (let i = 0; i < 1000; i++) await source.read(i * 100, 100);
  expect(reads).toBe(1);
});
