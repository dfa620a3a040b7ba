/** Reading ahead gives the source's bytes, with fewer reads of it. */
import { expect, test } from 'vitest';
import { bufferSource } from '../platform/buffer.ts';
import { readAhead } from './read-ahead.ts';

const bytes = Uint8Array.from({ length: 700_000 }, (_, i) => (i * 2654435761) >>> 24);

test('gives the same bytes at any place, also at and past the end', async () => {
  const source = readAhead(bufferSource('bytes', bytes));
  for (const [offset, length] of [
    [0, 4],
    [10, 16 * 1024],
    [65_530, 8],
    [5, 100_000],
    [65_536, 100],
    [699_990, 10],
    [699_990, 50],
    [700_000, 1],
    [3, 0],
  ] as const) {
    const expected = bytes.subarray(offset, offset + length);
    expect(await source.read(offset, length)).toEqual(expected);
    const target = new Uint8Array(length);
    expect(await source.fill?.(offset, target)).toBe(expected.length);
    expect(target.subarray(0, expected.length)).toEqual(expected);
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
  for (let i = 0; i < 600; i++) await source.read(i * 100, 100);
  expect(reads).toBe(1);
});
