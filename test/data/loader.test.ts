/** The loader in one thread: order, resumption, what a batch holds, how far ahead it works, how it ends. */
import { describe, expect, test } from 'vitest';
import { OcelliError } from '../../src/base/errors.ts';
import {
  type Batch,
  createLoader,
  type Dataset,
  type Loader,
  packedDataset,
  shapeClips,
  streamDataset,
} from '../../src/data/index.ts';
import type { Picture } from '../../src/platform/image.ts';
import type { Transform } from '../../src/transforms/index.ts';
import { noise } from './files.ts';

/** 23 pictures of 2x3 whose class is their index modulo 5. */
const set = packedDataset({
  name: 'own',
  classes: ['a', 'b', 'c', 'd', 'e'],
  width: 2,
  height: 3,
  channels: 3,
  pixels: noise(9, 23 * 18),
  labels: Uint8Array.from({ length: 23 }, (_, i) => i % 5),
});

async function all(loader: Loader, epoch: number, startAt = 0): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of loader.epoch(epoch, { startAt })) batches.push(batch);
  return batches;
}

const indicesOf = (batches: readonly Batch[]): number[] => batches.flatMap(({ indices }) => [...indices]);
const plain = ({ epoch, index, images, labels, indices }: Batch): object => ({ epoch, index, images, labels, indices });

describe('order', () => {
  test('is that of the data set, or another for every epoch and seed', async () => {
    const inOrder = Array.from({ length: 23 }, (_, i) => i);
    expect(indicesOf(await all(createLoader(set, { batchSize: 4 }), 3))).toEqual(inOrder);
    const orders = new Set<string>();
    for (const seed of [0, 1]) {
      for (const epoch of [0, 1, 2]) {
        const order = indicesOf(await all(createLoader(set, { batchSize: 4, shuffle: true, seed }), epoch));
        expect(order.toSorted((a, b) => a - b)).toEqual(inOrder);
        orders.add(order.join());
      }
    }
    expect(orders.size).toBe(6);
  });

  test('is a function of seed and epoch alone', async () => {
    const loader = createLoader(set, { batchSize: 4, shuffle: true, seed: 7 });
    await all(loader, 0);
    const late = await all(loader, 5);
    const other = await all(createLoader(set, { batchSize: 6, shuffle: true, seed: 7, prefetch: 5 }), 5);
    expect(indicesOf(late)).toEqual(indicesOf(other));
  });

  test('every sample comes first about equally often', async () => {
    const firsts = new Uint32Array(23);
    const loader = createLoader(set, { batchSize: 23, shuffle: true });
    for (let epoch = 0; epoch < 460; epoch++) {
      const first = (await loader.epoch(epoch).next()).value?.indices[0] as number;
      firsts[first] = (firsts[first] as number) + 1;
    }
    // 20 each on average; chi-squared of 22 degrees of freedom is below 48.3 in 999 of 1,000 cases.
    expect(firsts.reduce((sum, count) => sum + (count - 20) ** 2 / 20, 0)).toBeLessThan(48.3);
  });
});

describe('batches', () => {
  test('hold the pictures as [N, C, H, W] of bytes / 255, and the labels', async () => {
    const [, second] = await all(createLoader(set, { batchSize: 4 }), 0);
    expect(second?.images.shape).toEqual([4, 3, 3, 2]);
    expect(second?.labels).toEqual({ dtype: 'int64', shape: [4], data: BigInt64Array.of(4n, 0n, 1n, 2n) });
    const { data } = (await set.get(5)).picture;
    const expected = Float32Array.from({ length: 18 }, (_, i) => (data[(i % 6) * 3 + Math.floor(i / 6)] as number) / 255);
    expect(second?.images.data.subarray(18, 36)).toEqual(expected);
  });

  test('the last one is kept or dropped', async () => {
    for (const [lastBatch, sizes] of [['keep', [10, 10, 3]] as const, ['drop', [10, 10]] as const]) {
      const loader = createLoader(set, { batchSize: 10, lastBatch });
      expect(loader.length).toBe(sizes.length);
      expect((await all(loader, 0)).map(({ labels }) => labels.shape[0])).toEqual(sizes);
    }
    expect(await all(createLoader(set, { batchSize: 100, lastBatch: 'drop' }), 0)).toEqual([]);
  });

  const transforms: readonly Transform[] = [
    { kind: 'randomCrop', size: { width: 2, height: 3 }, padding: 2 },
    { kind: 'horizontalFlip' },
    { kind: 'toTensor' },
    { kind: 'normalize', mean: [0.5, 0.4, 0.3], std: [0.2, 0.3, 0.4] },
  ];

  test('from the middle of an epoch are those of the whole epoch, random draws and all', async () => {
    const options = { batchSize: 4, shuffle: true, seed: 3, transforms, mix: [{ kind: 'mixup' }] } as const;
    const whole = await all(createLoader(set, options), 2);
    for (const startAt of [0, 1, 3, 5, 6]) {
      const rest = await all(createLoader(set, options), 2, startAt);
      expect(rest.map(plain)).toEqual(whole.slice(startAt).map(plain));
      expect(rest.map(({ targets }) => targets)).toEqual(whole.slice(startAt).map(({ targets }) => targets));
    }
    await expect(all(createLoader(set, options), 2, 7)).rejects.toThrow(/has 6 batches, it cannot start at batch 7/);
  });

  test('a sample is drawn anew every epoch, but the same way in whatever batch it is', async () => {
    const sample = async (batchSize: number, epoch: number): Promise<Float32Array> => {
      const batches = await all(createLoader(set, { batchSize, shuffle: true, seed: 1, transforms }), epoch);
      const batch = batches.find(({ indices }) => indices.includes(7)) as Batch;
      const at = batch.indices.indexOf(7);
      return batch.images.data.slice(at * 18, at * 18 + 18);
    };
    expect(await sample(4, 0)).toEqual(await sample(23, 0));
    expect(await sample(4, 0)).not.toEqual(await sample(4, 1));
  });

  test('are mixed with soft targets, another way every batch and epoch', async () => {
    const loader = createLoader(set, { batchSize: 5, mix: [{ kind: 'mixup' }, { kind: 'cutmix' }], lastBatch: 'drop' });
    const shares = new Set<number>();
    for (const epoch of [0, 1]) {
      for (const { targets, labels } of await all(loader, epoch)) {
        expect(targets?.shape).toEqual([5, 5]);
        const own = Number(labels.data[0]);
        shares.add(targets?.data[own] as number);
        expect(Array.from(targets?.data ?? []).reduce((a, b) => a + b, 0)).toBeCloseTo(5, 5);
      }
    }
    expect(shares.size).toBeGreaterThan(4);
    expect((await all(createLoader(set, { batchSize: 5 }), 0))[0]).not.toHaveProperty('targets');
  });

  test('of clips are [N, C, T, H, W], every frame augmented alike', async () => {
    const clips = shapeClips({ length: 6, frames: 3, noise: 0, size: [24, 16] });
    const list: readonly Transform[] = [{ kind: 'horizontalFlip' }, { kind: 'toTensor' }];
    const loader = createLoader(clips, { batchSize: 6, transforms: list, seed: 1 });
    expect(loader.sampleShape).toEqual([3, 3, 16, 24]);
    const [batch] = (await all(loader, 0)) as [Batch];
    expect(batch.images.shape).toEqual([6, 3, 3, 16, 24]);
    let flipped = 0;
    for (let n = 0; n < 6; n++) {
      const ways = new Set<boolean>();
      for (const [t, frame] of clips.get(n).frames.entries()) {
        const at = (x: number, y: number, channel: number): number =>
          batch.images.data[((n * 3 + channel) * 3 + t) * 16 * 24 + y * 24 + x] as number;
        const straight = frame.data.every(
          (byte, i) => at(Math.floor(i / 3) % 24, Math.floor(i / 72), i % 3) === Math.fround(byte / 255),
        );
        const mirrored = frame.data.every(
          (byte, i) => at(23 - (Math.floor(i / 3) % 24), Math.floor(i / 72), i % 3) === Math.fround(byte / 255),
        );
        expect(straight || mirrored).toBe(true);
        ways.add(mirrored);
      }
      expect(ways.size).toBe(1);
      if (ways.has(true)) flipped++;
    }
    expect([0, 6]).not.toContain(flipped);
  });

  test('take memory back that is given back, and only then', async () => {
    const loader = createLoader(set, { batchSize: 4, prefetch: 1, lastBatch: 'drop' });
    const buffers = new Set<ArrayBufferLike>();
    for await (const batch of loader.epoch(0)) {
      buffers.add(batch.images.data.buffer);
      batch.recycle();
      batch.recycle();
    }
    expect(buffers.size).toBeLessThan(5);
    const kept = await all(loader, 0);
    expect(new Set(kept.map(({ images }) => images.data.buffer)).size).toBe(5);
    const [first] = kept as [Batch];
    structuredClone(first.images.data, { transfer: [first.images.data.buffer as ArrayBuffer] });
    first.recycle();
    expect((await all(loader, 0)).map(({ images }) => images.data.length)).toEqual([72, 72, 72, 72, 72]);
  });
});

/** A data set that counts what is asked of it. */
function counting(length: number, get: (index: number) => Promise<Picture>): Dataset & { asked: number } {
  const counter: Dataset & { asked: number } = {
    asked: 0,
    name: 'counting',
    length,
    classes: ['a'],
    format: { channels: 1, size: { width: 1, height: 1 } },
    label: () => 0,
    get: async (index) => {
      counter.asked++;
      return { picture: await get(index), label: 0 };
    },
    describe: (index) => `counting/${index}`,
  };
  return counter;
}

const pixel: Picture = { width: 1, height: 1, channels: 1, data: Uint8Array.of(1) };
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

describe('ahead', () => {
  test('it makes as many batches as it is told and no more, until one is taken', async () => {
    const slow = counting(100, async () => pixel);
    const batches = createLoader(slow, { batchSize: 10, prefetch: 2 }).epoch(0);
    expect(slow.asked).toBe(0);
    await batches.next();
    await settled();
    expect(slow.asked).toBe(30);
    await batches.next();
    await settled();
    expect(slow.asked).toBe(40);
    await batches.return();
    await settled();
    expect(slow.asked).toBe(40);
  });

  test('a stream is read no further, and left when the loop is', async () => {
    let given = 0;
    let closed = 0;
    const stream = streamDataset(
      async function* () {
        try {
          for (;;) {
            given++;
            yield { picture: pixel, label: 0 };
          }
        } finally {
          closed++;
        }
      },
      { classes: ['a'], format: { channels: 1, size: { width: 1, height: 1 } } },
    );
    const loader = createLoader(stream, { batchSize: 10, prefetch: 1 });
    expect(loader.length).toBeUndefined();
    for await (const { index } of loader.epoch(0)) if (index === 2) break;
    await settled();
    expect(given).toBeLessThanOrEqual(50);
    expect(closed).toBe(1);
  });
});

describe('streams', () => {
  const stream = streamDataset(
    () => Array.from({ length: 7 }, (_, i) => ({ picture: { ...pixel, data: Uint8Array.of(i) }, label: i % 2 })),
    { classes: ['a', 'b'], format: { channels: 1, size: { width: 1, height: 1 } }, name: 'numbers' },
  );

  test('come in their order, every epoch anew, from any batch on', async () => {
    const loader = createLoader(stream, { batchSize: 3 });
    const whole = await all(loader, 0);
    expect(whole.map(({ labels }) => [...labels.data])).toEqual([[0n, 1n, 0n], [1n, 0n, 1n], [0n]]);
    expect(indicesOf(whole)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect((await all(loader, 0, 1)).map(plain)).toEqual(whole.slice(1).map(plain));
    expect((await all(createLoader(stream, { batchSize: 3, lastBatch: 'drop' }), 1)).length).toBe(2);
  });

  test('their errors come at their place', async () => {
    const failing = streamDataset(
      function* () {
        yield { picture: pixel, label: 0 };
        yield { picture: pixel, label: 3 };
      },
      { classes: ['a'], format: { channels: 1, size: { width: 1, height: 1 } }, name: 'numbers' },
    );
    await expect(all(createLoader(failing, { batchSize: 1 }), 0)).rejects.toThrow(/numbers, sample 1: the sample has label 3/);
  });

  test('cannot be shuffled', () => {
    expect(() => createLoader(stream, { batchSize: 3, shuffle: true })).toThrow(/numbers is a stream, which cannot be shuffled/);
  });
});

describe('errors', () => {
  test('name the sample and come in its batch’s turn, whatever is made ahead', async () => {
    const failing = counting(40, async (index) => {
      if (index === 17) throw new OcelliError('format', 'the picture is damaged');
      return pixel;
    });
    const seen: number[] = [];
    const loop = async (): Promise<void> => {
      for await (const { index } of createLoader(failing, { batchSize: 5, prefetch: 8 }).epoch(0)) seen.push(index);
    };
    await expect(loop()).rejects.toMatchObject({ code: 'format', message: 'counting/17: the picture is damaged' });
    expect(seen).toEqual([0, 1, 2]);
  });

  test('a thrown value of any kind becomes one of ours', async () => {
    const failing = counting(1, () => Promise.reject(new RangeError('no')));
    await expect(all(createLoader(failing, { batchSize: 1 }), 0)).rejects.toMatchObject({
      code: 'format',
      message: 'counting/0: no',
    });
  });

  test('a picture of another size is named', async () => {
    const odd = counting(3, async (index) => (index === 2 ? { ...pixel, width: 2, data: new Uint8Array(2) } : pixel));
    await expect(all(createLoader(odd, { batchSize: 3 }), 0)).rejects.toThrow(/counting\/2: .*1x1.*2x1/);
  });

  test('pictures of any size need transforms that make them one', () => {
    const any: Dataset = { ...counting(3, async () => pixel), format: { channels: 1 } };
    expect(() => createLoader(any, { batchSize: 3 })).toThrow(/samples would differ in size/);
    const list: readonly Transform[] = [{ kind: 'resize', size: { width: 4, height: 4 } }, { kind: 'toTensor' }];
    expect(createLoader(any, { batchSize: 3, transforms: list }).sampleShape).toEqual([1, 4, 4]);
  });

  test.each<[object, RegExp]>([
    [{ batchSize: 0 }, /batchSize must be a whole number from 1/],
    [{ batchSize: 1, prefetch: 0 }, /prefetch must be/],
    [{ batchSize: 1, workers: -1 }, /workers must be/],
    [{ batchSize: 1, workers: 1 }, /workers need `platform`/],
    [{ batchSize: 1, seed: 0.5 }, /seed must be a whole number/],
    [{ batchSize: 1, lastBatch: 'pad' }, /lastBatch must be keep or drop, pad came/],
    [{ batchSize: 1, shufle: true }, /unknown option "shufle"/],
    [{ batchSize: 1, transforms: [{ kind: 'blur' }] }, /blur/],
    [{ batchSize: 1, mix: [{ kind: 'mixdown' }] }, /mixdown/],
  ])('%j is refused', (options, message) => {
    expect(() => createLoader(set, options as never)).toThrow(message);
  });
});

describe('stopping', () => {
  test('ends a wait at once, also one for a sample that never comes', async () => {
    const stuck = counting(10, () => new Promise<never>(() => {}));
    const controller = new AbortController();
    const waiting = createLoader(stuck, { batchSize: 5 }).epoch(0, { signal: controller.signal }).next();
    setTimeout(() => controller.abort(new Error('enough')), 20);
    await expect(waiting).rejects.toMatchObject({ code: 'aborted', message: 'the epoch was stopped' });
  });

  test('before the first batch asks for nothing', async () => {
    const untouched = counting(10, async () => pixel);
    const batches = createLoader(untouched, { batchSize: 5 }).epoch(0, { signal: AbortSignal.abort() });
    await expect(batches.next()).rejects.toMatchObject({ code: 'aborted' });
    expect(untouched.asked).toBe(0);
  });

  test('leaves the loader ready for another epoch', async () => {
    const loader = createLoader(set, { batchSize: 4 });
    const controller = new AbortController();
    const loop = async (): Promise<void> => {
      for await (const { index } of loader.epoch(0, { signal: controller.signal })) if (index === 1) controller.abort();
    };
    await expect(loop()).rejects.toMatchObject({ code: 'aborted' });
    expect((await all(loader, 0)).length).toBe(6);
    for await (const _ of loader.epoch(1)) break;
    expect((await all(loader, 1)).length).toBe(6);
  });
});
