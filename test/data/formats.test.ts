/** Files of data sets read to the byte, and damaged or hostile ones refused with what is wrong with them. */
import { describe, expect, test } from 'vitest';
import { cifar10, cifar100, imageFolder, imageTar, mnist, openCifar, openIdx, readIdx } from '../../src/data/index.ts';
import { bufferSource } from '../../src/platform/buffer.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { bmp, concat, gzip, idx, noise, platformWith, tar } from './files.ts';

const three = Uint8Array.of(0, 1, 2);

function read(bytes: Uint8Array): ReturnType<typeof readIdx> {
  return readIdx(bufferSource('file.idx', bytes));
}

describe('IDX', () => {
  const values = noise(1, 24);

  test('values come as they are in the file, gzipped or not', async () => {
    for (const file of [idx([2, 3, 4], values), gzip(idx([2, 3, 4], values))]) {
      expect(await read(file)).toEqual({ shape: [2, 3, 4], data: values });
    }
  });

  test.each<[string, Uint8Array, string, RegExp]>([
    ['another magic number', idx([3], three, [0, 1, 8]), 'format', /no IDX file: it begins with 00 01 08 01/],
    ['text', new TextEncoder().encode('<!DOCTYPE html>'), 'format', /no IDX file/],
    ['no axes', Uint8Array.of(0, 0, 8, 0), 'format', /no IDX file/],
    ['other types', idx([3], three, [0, 0, 0x0d]), 'unsupported', /0xd; only unsigned bytes/],
    ['nothing', new Uint8Array(0), 'format', /cut off inside its IDX header/],
    ['half a header', idx([3], three).subarray(0, 6), 'format', /cut off inside its IDX header/],
    ['too few values', idx([4], three), 'format', /announces \[4\], 4 bytes; fewer came/],
    ['too few values, gzipped', gzip(idx([4], three)), 'format', /announces \[4\], 4 bytes; 3 came/],
    ['too many values', idx([2], three), 'format', /announces \[2\], 2 bytes; more came/],
    ['2 GiB announced by 16 bytes', idx([2 ** 16, 2 ** 15], three), 'format', /fewer came/],
    ['2 GiB announced by a small gzip file', gzip(idx([2 ** 16, 2 ** 15], three)), 'format', /fewer came/],
    ['more than anybody has', idx([2 ** 31, 2 ** 31, 2 ** 31], three), 'unsupported', /over the limit/],
    [
      'a gzip file that is cut off',
      gzip(idx([300], noise(1, 300))).subarray(0, 100),
      'format',
      /gzip file is damaged or cut off/,
    ],
    [
      'a gzip file that ends without its checksum',
      gzip(idx([3], three)).slice(0, -8),
      'format',
      /gzip file is damaged or cut off/,
    ],
  ])('refuses %s', async (_, bytes, code, message) => {
    await expect(read(bytes)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('a changed byte in a gzip file is noticed', async () => {
    const file = gzip(idx([300], noise(1, 300)));
    for (const at of [40, 200, file.length - 6, file.length - 1]) {
      const changed = file.slice();
      changed[at] = (changed[at] as number) ^ 0x10;
      await expect(read(changed)).rejects.toMatchObject({ code: 'format' });
    }
  });

  test('pictures inflate no further than they announce', async () => {
    const bomb = gzip(concat([idx([3], three), new Uint8Array(2 ** 27)]));
    expect(bomb.length).toBeLessThan(2 ** 18);
    let asked = 0;
    const memory = (length: number): Uint8Array => {
      asked += length;
      return new Uint8Array(length);
    };
    await expect(readIdx(bufferSource('bomb.gz', bomb), memory)).rejects.toThrow(/3 bytes; more came/);
    expect(asked).toBe(3);
  });

  const pair = async (images: Uint8Array, labels: Uint8Array): Promise<unknown> =>
    openIdx({
      platform: await platformWith({ images, labels }),
      name: 'own',
      classes: ['a', 'b', 'c'],
      images: 'images',
      labels: 'labels',
    });

  test('the two files must belong together', async () => {
    const images = idx([3, 2, 2], noise(1, 12));
    await expect(pair(images, idx([3], three))).resolves.toBeDefined();
    await expect(pair(images, idx([2], three.subarray(0, 2)))).rejects.toThrow(
      /labels has shape \[2\], but images has 3 pictures/,
    );
    await expect(pair(idx([3], three), idx([3], three))).rejects.toThrow(/pictures are \[count, height, width\]/);
    await expect(pair(images, idx([3], Uint8Array.of(0, 3, 1)))).rejects.toThrow(/own, sample 1 has label 3, but there are 3/);
  });

  test('a missing file is named, and unknown options refused', async () => {
    const platform = await platformWith({ 'm/train-images-idx3-ubyte': idx([3, 2, 2], noise(1, 12)) });
    await expect(mnist({ platform, folder: 'm' })).rejects.toThrow(/m has no file train-labels-idx1-ubyte or .*\.gz; MNIST/);
    await expect(mnist({ platform, folder: 'm', splits: 'test' } as never)).rejects.toThrow(/unknown option "splits"/);
    await expect(mnist({ platform, folder: 'm', split: 'val' as never })).rejects.toThrow(/train or test, val came/);
  });
});

describe('CIFAR', () => {
  const planes = noise(5, 3072);
  const record = concat([Uint8Array.of(7), planes]);

  test('a record is a label and three planes', async () => {
    const platform = await platformWith({ 'x.bin': concat([record, record]) });
    const set = await openCifar({ platform, files: ['x.bin', 'x.bin'], labels: 'cifar10' });
    expect([set.length, set.classes[set.label(3)]]).toEqual([4, 'horse']);
    const { picture } = await set.get(1);
    const expected = Uint8Array.from({ length: 3072 }, (_, i) => planes[(i % 3) * 1024 + Math.floor(i / 3)] as number);
    expect(picture).toEqual({ width: 32, height: 32, channels: 3, data: expected });
  });

  test('CIFAR-100 has coarse and fine labels', async () => {
    const platform = await platformWith({ 'c/train.bin': concat([Uint8Array.of(4, 53), planes]) });
    const fine = await cifar100({ platform, folder: 'c' });
    const coarse = await cifar100({ platform, folder: 'c', labels: 'coarse' });
    expect([fine.classes.length, fine.classes[fine.label(0)]]).toEqual([100, 'orange']);
    expect([coarse.classes.length, coarse.classes[coarse.label(0)]]).toEqual([20, 'fruit_and_vegetables']);
    expect(fine.classes).toEqual(fine.classes.toSorted());
  });

  test.each<[string, Uint8Array, RegExp]>([
    [
      'a record that is cut off',
      concat([record, record.subarray(0, 100)]),
      /x\.bin has 3173 bytes, 1 records of 3073 and 100 more/,
    ],
    ['nothing', new Uint8Array(0), /has 0 bytes/],
    ['a label that is no class', concat([Uint8Array.of(10), planes]), /sample 0 has label 10, but there are 10 classes/],
  ])('refuses %s', async (_, bytes, message) => {
    const platform = await platformWith({ 'x.bin': bytes });
    const opening = openCifar({ platform, files: ['x.bin'], labels: 'cifar10' });
    await expect(opening).rejects.toMatchObject({ code: 'format', message: expect.stringMatching(message) });
  });

  test('a folder without the files, and an archive of something else, are named', async () => {
    const platform = await platformWith({
      'a/other.txt': three,
      'b/cifar-10-binary.tar.gz': gzip(tar([{ name: 'cifar-10-batches-bin/test_batch.bin', data: record }])),
    });
    await expect(cifar10({ platform, folder: 'a' })).rejects.toThrow(/a has neither data_batch_1\.bin nor cifar-10-binary/);
    await expect(cifar10({ platform, folder: 'b' })).rejects.toThrow(/has no file data_batch_1\.bin; it is another archive/);
    expect((await cifar10({ platform, folder: 'b', split: 'test' })).length).toBe(1);
  });
});

describe('folders and archives', () => {
  const files: Readonly<Record<string, Uint8Array>> = {
    'p/Zebra/1.bmp': bmp(1, 4, 4),
    'p/ape/b/2.BMP': bmp(2, 4, 4),
    'p/ape/a/9.bmp': bmp(3, 4, 4),
    'p/ape/10.bmp': bmp(4, 4, 4),
    'p/ape/9.bmp': bmp(5, 4, 4),
    'p/ape/a-b/1.bmp': bmp(6, 4, 4),
    'p/ape/notes.txt': three,
    'p/ape/.hidden.bmp': three,
    'p/.cache/x.bmp': three,
    'p/loose.bmp': bmp(7, 4, 4),
  };
  const order = ['Zebra/1.bmp', 'ape/10.bmp', 'ape/9.bmp', 'ape/a/9.bmp', 'ape/a-b/1.bmp', 'ape/b/2.BMP'];

  test("have torchvision's classes in torchvision's order", async () => {
    const platform = await platformWith({
      ...files,
      'p.tar': tar(Object.entries(files).map(([name, data]) => ({ name, data }))),
    });
    const folder = await imageFolder({ platform, folder: 'p' });
    expect(folder.classes).toEqual(['Zebra', 'ape']);
    const names = Array.from({ length: folder.length }, (_, i) => folder.describe(i).slice(2));
    // 'a-b' sorts before 'a/...' nowhere: whole folder paths are compared, and 'ape/a' is the shorter one.
    expect(names).toEqual(order);
    const archive = await imageTar({ platform, file: 'p.tar' });
    expect(archive.classes).toEqual(folder.classes);
    for (let i = 0; i < folder.length; i++) expect(await archive.get(i)).toEqual(await folder.get(i));
    expect(archive.describe(3)).toBe('p.tar (p/ape/a/9.bmp)');
    expect(archive.length).toBe(folder.length);
  });

  test.each<[string, Readonly<Record<string, Uint8Array>>, string, RegExp]>([
    ['is not there', {}, 'io', /cannot list p/],
    ['has no folders', { 'p/x.bmp': bmp(1, 4, 4) }, 'format', /has no folder of pictures/],
    [
      'has an empty class',
      { 'p/a/x.bmp': three, 'p/b/x.txt': three, 'p/c/y': three },
      'format',
      /no picture for the classes b, c/,
    ],
    ['has PPM files', { 'p/a/x.ppm': three }, 'unsupported', /p\/a\/x\.ppm: PPM and PGM/],
  ])('a folder that %s is refused', async (_, own, code, message) => {
    const opening = imageFolder({ platform: await platformWith(own), folder: 'p' });
    await expect(opening).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('an error in a picture names its file', async () => {
    const platform = await platformWith({ 'p/a/x.bmp': bmp(1, 4, 4).subarray(0, 60), 'p/a/y.jpg': three });
    const set = await imageFolder({ platform, folder: 'p' });
    await expect(set.get(0)).rejects.toMatchObject({ code: 'format' });
    expect(set.describe(1)).toBe('p/a/y.jpg');
  });

  const openTar = async (bytes: Uint8Array, more: object = {}): Promise<unknown> => {
    const platform: Platform = await platformWith({ 'x.tar': bytes });
    return imageTar({ platform, file: 'x.tar', ...more });
  };
  const picture = bmp(1, 4, 4);

  test('the root of an archive can be chosen', async () => {
    const bytes = tar([
      { name: 'train/a/1.bmp', data: picture },
      { name: 'test/a/1.bmp', data: picture },
      { name: 'test/b/1.bmp', data: picture },
    ]);
    expect(await openTar(bytes)).toMatchObject({ classes: ['test', 'train'], length: 3 });
    expect(await openTar(bytes, { root: 'test/' })).toMatchObject({ classes: ['a', 'b'], length: 2 });
    await expect(openTar(bytes, { root: 'nowhere' })).rejects.toThrow(/x\.tar \(nowhere\) has no folder of pictures/);
  });

  test('an archive with a path twice is refused', async () => {
    const twice = tar([
      { name: 'p/a/1.bmp', data: picture },
      { name: 'p/a/1.bmp', data: three },
    ]);
    await expect(openTar(twice)).rejects.toThrow(/two files named p\/a\/1\.bmp/);
  });

  test('paths that lead out of an archive are left out, links too', async () => {
    const bytes = tar([
      { name: 'p/a/1.bmp', data: picture },
      { name: 'p/b/1.bmp', data: picture },
      { name: '../../etc/evil.bmp', data: picture },
      { name: 'p/a/link.bmp', type: '2' },
    ]);
    expect(await openTar(bytes)).toMatchObject({ classes: ['a', 'b'], length: 2 });
  });
});
