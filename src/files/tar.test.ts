/** Tar and gzip files as streams: long names, padding, and archives that are damaged or ask for too much. */
import { describe, expect, test } from 'vitest';
import { concat, gzip, noise, type TarEntry, tar } from '../../test/data/files.ts';
import { bufferSource } from '../platform/buffer.ts';
import { readTar, type TarOptions } from './tar.ts';

async function members(bytes: Uint8Array, options: Partial<TarOptions> = {}): Promise<Record<string, number[]>> {
  const found: Record<string, number[]> = {};
  const source = bufferSource('x.tar', bytes);
  for await (const { name, data } of readTar(source, { wanted: () => true, ...options })) found[name] = [...data];
  return found;
}

const one = Uint8Array.of(1, 2, 3);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('members', () => {
  const sizes = [0, 1, 511, 512, 513, 70_000];
  const entries: TarEntry[] = sizes.map((size, i) => ({ name: `f${i}`, data: noise(i, size) }));

  test('have their contents whatever their size, gzipped or not', async () => {
    const expected = Object.fromEntries(entries.map(({ name, data = one }) => [name, [...data]]));
    expect(await members(tar(entries))).toEqual(expected);
    expect(await members(gzip(tar(entries)))).toEqual(expected);
  });

  test('that are not wanted are passed over', async () => {
    expect(Object.keys(await members(tar(entries), { wanted: (name) => name === 'f4' }))).toEqual(['f4']);
  });

  test('have the long names of GNU tar, pax and ustar', async () => {
    const long = `${'folder/'.repeat(30)}name`;
    const pax = ` path=${long}\n`;
    const bytes = tar([
      { name: '././@LongLink', type: 'L', data: text(`${long}1\0`) },
      { name: 'cut', data: one },
      { name: 'pax', type: 'x', data: text(`12 mtime=77\n${pax.length + 3}${pax}`) },
      { name: 'cut', data: one },
      { name: 'short', data: one, prefix: 'in/front' },
      { name: 'folder/', type: '5' },
      { name: './dot', data: one },
    ]);
    expect(Object.keys(await members(bytes))).toEqual([`${long}1`, long, 'in/front/short', 'dot']);
  });

  test('end with an empty block, without which the file counts as cut off', async () => {
    const bare = tar([{ name: 'a', data: one }], 0);
    await expect(members(bare)).rejects.toThrow(/cut off/);
    expect(await members(concat([bare, new Uint8Array(512)]))).toEqual({ a: [1, 2, 3] });
  });
});

describe('refuses', () => {
  const whole = tar([{ name: 'a', data: noise(1, 2000) }]);
  const changed = (at: number): Uint8Array => {
    const bytes = whole.slice();
    bytes[at] = (bytes[at] as number) ^ 1;
    return bytes;
  };

  test.each<[string, Uint8Array, string, RegExp]>([
    ['nothing', new Uint8Array(0), 'format', /x\.tar is no tar file/],
    ['zeros', new Uint8Array(4096), 'format', /is no tar file/],
    ['text', text('hello '.repeat(200)), 'format', /is no tar file/],
    ['a header with a changed byte', changed(3), 'format', /is no tar file/],
    ['a second header that is damaged', concat([whole.subarray(0, 2560), noise(1, 1024)]), 'format', /damaged at byte 3072/],
    ['contents that are cut off', whole.subarray(0, 1500), 'format', /cut off/],
    ['a size beyond the file', tar([{ name: 'a', data: one, size: 2 ** 30 }]), 'format', /cut off at byte 512/],
    ['a size beyond what a gzip file can hold', gzip(tar([{ name: 'a', data: one, size: 2 ** 30 }])), 'format', /cut off/],
    ['a name without end', tar([{ name: 'l', type: 'L', data: new Uint8Array(100_000) }]), 'format', /name that is too long/],
    ['a gzip file that is cut off', gzip(whole).subarray(0, 1000), 'format', /gzip file is damaged or cut off/],
  ])('%s', async (_, bytes, code, message) => {
    await expect(members(bytes)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('more bytes or members than it is allowed', async () => {
    const many = tar(Array.from({ length: 20 }, (_, i) => ({ name: `f${i}`, data: noise(i, 100) })));
    await expect(members(many, { most: 1000 })).rejects.toMatchObject({ code: 'unsupported' });
    await expect(members(many, { members: 10 })).rejects.toThrow(/more than 10 members/);
    expect(Object.keys(await members(many, { most: 2000, members: 20 })).length).toBe(20);
  });

  test('a bomb, before it is in memory', async () => {
    const bomb = gzip(tar([{ name: 'a', data: new Uint8Array(2 ** 26) }]));
    expect(bomb.length).toBeLessThan(2 ** 17);
    await expect(members(bomb, { most: 2 ** 20 })).rejects.toMatchObject({ code: 'unsupported' });
  });
});
