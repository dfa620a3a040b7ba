/**
 * Mutated checkpoints: 12,000 files, each ends in a value or an OcelliError, in bounded time and memory.
 * OCELLI_FUZZ_CASES and OCELLI_FUZZ_SEED make longer and other runs.
 */
import { describe, expect, it } from 'vitest';
import { isOcelliError } from '../../src/base/errors.ts';
import { randomBits } from '../../src/base/random.ts';
import { bufferSource, memorySink } from '../../src/platform/buffer.ts';
import { inspectCheckpoint, writePth, writeSafetensors } from '../../src/weights/index.ts';
import { openZipEntry, readZipDirectory } from '../../src/weights/zip.ts';
import { ZipWriter } from '../../src/weights/zip-writer.ts';
import { bytes, int, le64, legacy, tensor } from './pickles.ts';
import { haveData, readData, sampleTensor, sha256, toWrite } from './support.ts';

const CASES = Number(process.env.OCELLI_FUZZ_CASES ?? 12_000);
const SEED = Number(process.env.OCELLI_FUZZ_SEED ?? 20_261_123);
const SECONDS_PER_CASE = 5;
const MEMORY_CEILING = 768 * 2 ** 20;

/** Random choices of one case. */
class Dice {
  readonly #key: number;
  #index = 0;
  constructor(key: number) {
    this.#key = key;
  }
  /** 0 to n - 1. */
  below(n: number): number {
    return randomBits(this.#key, this.#index++) % Math.max(n, 1);
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

interface Seed {
  readonly name: string;
  readonly contents: Uint8Array;
  /** Entries of a zip file, for mutations below its checksums. */
  readonly entries: readonly (readonly [string, Uint8Array])[];
}

async function seed(name: string, contents: Uint8Array): Promise<Seed> {
  const source = bufferSource(name, contents);
  const entries: (readonly [string, Uint8Array])[] = [];
  if (contents[0] === 0x50) {
    for (const entry of (await readZipDirectory(source)).values()) {
      entries.push([entry.name, await (await openZipEntry(source, entry)).read(0, entry.size)]);
    }
  }
  return { name, contents, entries };
}

/** Files made here, and those of ../shared/data where it is. */
async function seeds(): Promise<Seed[]> {
  const tensors = [
    toWrite('layer.weight', sampleTensor('float32', [3, 4])),
    toWrite('layer.bias', sampleTensor('bfloat16', [4])),
    toWrite('steps', sampleTensor('int64', [])),
    toWrite('mask', sampleTensor('bool', [2, 0, 3])),
    toWrite('wide', sampleTensor('uint16', [5])),
  ];
  const pth = memorySink();
  const safe = memorySink();
  await writePth(pth, tensors, new Map([['layer', 2]]));
  await writeSafetensors(safe, tensors, new Map([['source', 'fuzz']]));
  const vector = tensor({ length: int(4), size: [int(2), int(2)], stride: [int(1), int(2)] });
  const stream = legacy(bytes(0x80, 2, '}', 'U', 1, 'a', vector, 's.'), ['0'], [bytes(le64(4), new Uint8Array(16))]);
  const list = [await seed('own.pth', pth.bytes()), await seed('own.safetensors', safe.bytes()), await seed('own.th', stream)];
  if (haveData()) {
    const files = [
      'bool.pt',
      'checkpoint.pt',
      'complex_structure.pt',
      'empty.pt',
      'expected_flow.pt',
      'fortran_tensor_3d.pth',
      'scalar.pt',
    ];
    files.push(
      'gaussian_blur_opencv_results.pt',
      'legacy_shared_storage.pt',
      'pnet.pt',
      'simple_legacy.pt',
      'test.pt',
      'v0.1_alex.pth',
    );
    for (const file of files) list.push(await seed(file, readData(`checkpoints/${file}`)));
  }
  return list;
}

const edges = [
  0n,
  1n,
  2n,
  0x7fn,
  0x80n,
  0xffn,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xfffffffen,
  0xffffffffn,
  2n ** 40n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];

/** A place in the file; half of them near its start or end, where the structure is. */
function place(dice: Dice, length: number): number {
  const side = dice.below(4);
  if (side === 0) return dice.below(Math.min(length, 256));
  return side === 1 ? length - 1 - dice.below(Math.min(length, 512)) : dice.below(length);
}

function splice(file: Uint8Array, at: number, remove: number, insert: Uint8Array): Uint8Array {
  return bytes(file.subarray(0, at), insert, file.subarray(at + remove));
}

type Mutation = (file: Uint8Array, dice: Dice, other: Uint8Array) => Uint8Array;

const mutations: readonly Mutation[] = [
  // Bit flips
  (file, dice) => {
    const copy = file.slice();
    for (let n = 1 + dice.below(8); n > 0; n--) {
      const at = place(dice, copy.length);
      copy[at] = (copy[at] ?? 0) ^ (1 << dice.below(8));
    }
    return copy;
  },
  // Opcodes and other bytes
  (file, dice) => {
    const copy = file.slice();
    const opcodes = bytes(
      '(.0123INSPTUVXabcdegijlopqrstuRQK]})',
      0x80,
      0x81,
      0x85,
      0x86,
      0x87,
      0x8a,
      0x8c,
      0x8e,
      0x92,
      0x93,
      0x94,
      0x95,
    );
    for (let n = 1 + dice.below(4); n > 0; n--)
      copy[place(dice, copy.length)] = dice.below(2) === 0 ? dice.below(256) : dice.pick([...opcodes]);
    return copy;
  },
  // Truncation
  (file, dice) => file.slice(0, place(dice, file.length)),
  // A part of another file, put in or over
  (file, dice, other) => {
    const from = dice.below(other.length);
    const part = other.subarray(from, from + dice.below(512));
    return splice(file, place(dice, file.length), dice.below(2) * dice.below(512), part);
  },
  // A part of the file, doubled or dropped
  (file, dice) => {
    const from = place(dice, file.length);
    const part = file.subarray(from, from + dice.below(256));
    return dice.below(2) === 0
      ? splice(file, place(dice, file.length), 0, part)
      : splice(file, from, part.length, new Uint8Array(0));
  },
  // Length fields
  (file, dice) => {
    const copy = file.slice();
    if (copy.length < 9) return copy;
    const view = new DataView(copy.buffer);
    const at = Math.min(place(dice, copy.length), copy.length - 8);
    const value = dice.below(3) === 0 ? BigInt(copy.length + dice.below(33) - 16) : dice.pick(edges);
    if (dice.below(2) === 0) view.setBigUint64(at, BigInt.asUintN(64, value), true);
    else view.setUint32(at, Number(BigInt.asUintN(32, value)), true);
    return copy;
  },
];

async function mutate(list: readonly Seed[], dice: Dice): Promise<Uint8Array> {
  const { contents, entries } = dice.pick(list);
  const other = dice.pick(list).contents;
  const change = (file: Uint8Array): Uint8Array => {
    let changed = file;
    for (let n = 1 + dice.below(3); n > 0; n--) changed = dice.pick(mutations)(changed, dice, other);
    return changed;
  };
  if (entries.length === 0 || dice.below(3) === 0) return change(contents);
  const sink = memorySink();
  const zip = new ZipWriter(sink);
  const target = dice.below(4) === 0 ? dice.below(entries.length) : 0;
  for (const [i, [name, value]] of entries.entries()) await zip.add(name, i === target ? change(value) : value);
  await zip.finish();
  return sink.bytes();
}

describe('fuzz', () => {
  it(
    `${CASES} mutated files each end in a value or an error that is ours`,
    async () => {
      const list = await seeds();
      for (const { name, contents } of list) await inspectCheckpoint(bufferSource(name, contents), sha256);
      const start = process.memoryUsage().rss;
      const ends = new Map<string, number>();
      let slowest = 0;
      let peak = 0;
      for (let i = 0; i < CASES; i++) {
        const file = await mutate(list, new Dice(SEED + i));
        const began = performance.now();
        let end = 'read';
        try {
          await inspectCheckpoint(bufferSource('file', file), sha256);
        } catch (error) {
          if (!isOcelliError(error)) throw new Error(`case ${i}: ${String(error)}`, { cause: error });
          end = error.code;
        }
        const took = performance.now() - began;
        slowest = Math.max(slowest, took);
        expect(took, `milliseconds of case ${i}`).toBeLessThan(1000 * SECONDS_PER_CASE);
        if (i % 50 === 0 || took > 200) peak = Math.max(peak, process.memoryUsage().rss - start);
        expect(peak, `memory by case ${i}`).toBeLessThan(MEMORY_CEILING);
        ends.set(end, (ends.get(end) ?? 0) + 1);
      }
      console.log(
        `${CASES} cases: ${JSON.stringify(Object.fromEntries(ends))}; slowest ${slowest.toFixed(0)} ms; memory +${(peak / 2 ** 20).toFixed(0)} MiB`,
      );
      expect([...ends.keys()].filter((end) => !['read', 'format', 'unsupported'].includes(end))).toEqual([]);
      expect(ends.get('read') ?? 0).toBeGreaterThan(CASES / 50);
    },
    60_000 + 10 * CASES,
  );
});
