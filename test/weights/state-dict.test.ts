/** State dicts: unwrapping, prefixes, matching in PyTorch's words, conversion of element types. */
import { describe, expect, it } from 'vitest';
import type { DType } from '../../src/base/dtype.ts';
import {
  bfloat16ToFloat32,
  float16ToFloat32,
  float16ToNumber,
  float32ToBfloat16,
  float32ToFloat16,
  numberToFloat16,
} from '../../src/base/half.ts';
import { tensor as makeTensor } from '../../src/base/tensor.ts';
import { bufferSource, memorySink } from '../../src/platform/buffer.ts';
import {
  type Checkpoint,
  castTensor,
  compareStateDict,
  matchStateDict,
  openCheckpoint,
  stateDictOf,
  stripPrefix,
  toFloat32,
  writePth,
  writeSafetensors,
} from '../../src/weights/index.ts';
import { archive, bytes, int, type Part, tensor, text } from './pickles.ts';
import { dataSource, haveData, sampleTensor, toWrite } from './support.ts';

const open = async (...parts: readonly Part[]): Promise<Checkpoint> =>
  openCheckpoint(bufferSource('file', await archive(bytes(0x80, 2, ...parts, '.'))));
const vector = tensor({ length: int(4), size: [int(4)], stride: [int(1)] });
const item = (name: string, ...value: readonly Part[]): Uint8Array => bytes(text(name), ...value, 's');
const names = (state: { readonly entries: readonly { name: string }[] }): string[] => state.entries.map(({ name }) => name);

describe('stateDictOf', () => {
  it('goes into the usual containers, takes module. off, and reads under the new names', async () => {
    const inner = bytes('}', item('module.a.weight', vector), item('module.a.bias', vector));
    const checkpoint = await open(
      '}',
      item('epoch', int(3)),
      item('optimizer', '}', item('m', vector)),
      item('model', '}', item('state_dict', inner)),
    );
    expect(names(checkpoint)).toEqual(['optimizer.m', 'model.state_dict.module.a.weight', 'model.state_dict.module.a.bias']);
    const state = stateDictOf(checkpoint);
    expect(names(state)).toEqual(['a.weight', 'a.bias']);
    expect((await state.read('a.bias')).data).toEqual(new Float32Array([1, 2, 3, 4]));
    await expect(state.read('model.state_dict.module.a.bias')).rejects.toMatchObject({ code: 'usage' });
    expect(names(stateDictOf(checkpoint, { strip: false }))).toEqual(['module.a.weight', 'module.a.bias']);
    expect(names(stateDictOf(checkpoint, { path: ['optimizer'] }))).toEqual(['m']);
    expect(names(stateDictOf(checkpoint, { path: [] })).length).toBe(3);
    expect(() => stateDictOf(checkpoint, { path: ['ema'] })).toThrow('containers there are optimizer, model');
  });

  it('stays where tensors are, even beside a usual key, and keeps a prefix that only some names have', async () => {
    const checkpoint = await open('}', item('module.a', vector), item('model', '}', item('b', vector)));
    expect(names(stateDictOf(checkpoint))).toEqual(['module.a', 'model.b']);
    const all = await open('}', item('x.a', vector), item('x.b', vector));
    expect(names(stripPrefix(stateDictOf(all), 'x.'))).toEqual(['a', 'b']);
  });

  it('refuses a file without tensors', async () => {
    const checkpoint = await open('}', item('epoch', int(3)));
    expect(() => stateDictOf(checkpoint)).toThrow('no tensors');
  });

  it('tells two tensors of one name apart by their entries', async () => {
    const checkpoint = await open(
      '}',
      item('a.b', vector),
      item('a', '}', item('b', tensor({ length: int(4), offset: int(2), size: [], stride: [] }))),
    );
    expect(names(checkpoint)).toEqual(['a.b', 'a.b']);
    await expect(checkpoint.read('a.b')).rejects.toThrow('several tensors');
    const [, second] = checkpoint.entries;
    if (second !== undefined) expect((await checkpoint.read(second)).data).toEqual(new Float32Array([3]));
  });

  it.skipIf(!haveData())('opens the resnet20 checkpoint as it is', async () => {
    const checkpoint = await openCheckpoint(dataSource('weights/resnet20-12fca82f.th'));
    const state = stateDictOf(checkpoint);
    expect(state.entries[0]).toEqual({ name: 'conv1.weight', dtype: 'float32', shape: [16, 3, 3, 3] });
    expect(checkpoint.other.map(({ name }) => name)).toEqual(['best_prec1']);
    expect(stateDictOf(await openCheckpoint(dataSource('checkpoints/pnet.pt'))).modules.get('conv4_2')).toEqual({ version: 1 });
  });
});

describe('matchStateDict', () => {
  const expected = new Map<string, { dtype: DType; shape: number[] }>([
    ['conv.weight', { dtype: 'float32', shape: [8, 3, 3, 3] }],
    ['bn.num_batches_tracked', { dtype: 'int64', shape: [] }],
    ['fc.weight', { dtype: 'float32', shape: [1000, 512] }],
    ['fc.bias', { dtype: 'float32', shape: [1000] }],
    ['scale', { dtype: 'float32', shape: [] }],
  ]);
  const entry = (name: string, ...shape: number[]): { name: string; dtype: DType; shape: number[] } => ({
    name,
    dtype: 'float16',
    shape,
  });
  const given = [entry('conv.weight', 8, 3, 3, 3), entry('fc.weight', 10, 512), entry('scale', 1), entry('extra', 2)];

  it("reports everything at once, in PyTorch's words", () => {
    const message =
      'Error(s) in loading state_dict for ResNet:\n\tMissing key(s) in state_dict: "fc.bias". \n\tUnexpected key(s) in state_dict: "extra". ' +
      '\n\tsize mismatch for fc.weight: copying a param with shape torch.Size([10, 512]) from checkpoint, the shape in current model is torch.Size([1000, 512]).';
    expect(() => matchStateDict(expected, given, { model: 'ResNet' })).toThrow(message);
    const match = compareStateDict(expected, given);
    expect(match.matched).toEqual(['conv.weight', 'scale']);
    expect(match.defaulted).toEqual(['bn.num_batches_tracked']);
  });

  it('wrong shapes are errors when not strict, too; what is ignored is not', () => {
    expect(() => matchStateDict(expected, given, { strict: false })).toThrow(
      /loading state_dict for the model:\n\tsize mismatch/,
    );
    expect(matchStateDict(expected, given, { strict: false, ignore: ['fc.'] }).matched).toEqual(['conv.weight', 'scale']);
    expect(matchStateDict(expected, given, { ignore: [/^fc/, 'extra'] }).message).toBeUndefined();
  });

  it('misses batch counters of batch norms of version 2', () => {
    const modules = new Map([['bn', { version: 2 }]]);
    expect(compareStateDict(expected, given, { modules }).missing).toEqual(['bn.num_batches_tracked', 'fc.bias']);
  });
});

describe('conversion', () => {
  it('keeps every half through float32 and back', () => {
    const halves = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const notNan = (bits: number, exponent: number): boolean =>
      (bits & exponent) !== exponent || (bits & (0xffff >>> 1) & ~exponent) === 0;
    const back16 = float32ToFloat16(float16ToFloat32(halves));
    const backB = float32ToBfloat16(bfloat16ToFloat32(halves));
    for (let bits = 0; bits < 65536; bits++) {
      if (notNan(bits, 0x7c00) && back16[bits] !== bits) throw new Error(`float16 ${bits}`);
      if (notNan(bits, 0x7f80) && backB[bits] !== bits) throw new Error(`bfloat16 ${bits}`);
    }
    expect(Number.isNaN(float16ToNumber(0x7c01))).toBe(true);
  });

  it('rounds ties to even, overflow to infinity, tiny numbers to 0 or the least subnormal', () => {
    const cases: readonly (readonly [number, number])[] = [
      [1 + 2 ** -11, 0x3c00],
      [1 + 3 * 2 ** -11, 0x3c02],
      [65519, 0x7bff],
      [65520, 0x7c00],
      [2 ** -25, 0],
      [1.5 * 2 ** -25, 1],
      [-(2 ** -24), 0x8001],
      [Number.NaN, 0x7e00],
    ];
    for (const [value, bits] of cases) expect(numberToFloat16(value), String(value)).toBe(bits);
    expect(float32ToBfloat16(Float32Array.of(1 + 2 ** -8, 1 + 3 * 2 ** -8, 3.4e38))).toEqual(
      Uint16Array.of(0x3f80, 0x3f82, 0x7f80),
    );
  });

  it('casts between types', () => {
    expect(toFloat32(makeTensor('int64', [2], BigInt64Array.of(-3n, 2n ** 40n))).data).toEqual(Float32Array.of(-3, 2 ** 40));
    expect(castTensor(makeTensor('float32', [3], Float32Array.of(-1.7, 0.5, 300)), 'int64').data).toEqual(
      BigInt64Array.of(-1n, 0n, 300n),
    );
    expect(castTensor(makeTensor('float32', [2], Float32Array.of(0, 0.5)), 'bool').data).toEqual(Uint8Array.of(0, 1));
    expect(castTensor(makeTensor('float16', [1], Uint16Array.of(0x3c00)), 'bfloat16').data).toEqual(Uint16Array.of(0x3f80));
  });
});

describe('writers', () => {
  it('write tensors one at a time, and leave nothing behind when one fails', async () => {
    for (const write of [writePth, writeSafetensors]) {
      let live = 0;
      let most = 0;
      const lazy = Array.from({ length: 5 }, (_, i) => ({
        ...toWrite(`t${i}`, sampleTensor('float32', [4])),
        tensor: () => {
          most = Math.max(most, ++live);
          setTimeout(() => live--, 0);
          return new Promise<ReturnType<typeof sampleTensor>>((done) => setTimeout(() => done(sampleTensor('float32', [4])), 1));
        },
      }));
      await write(memorySink(), lazy);
      expect(most).toBe(1);
      const sink = memorySink();
      const wrong = [...lazy, { ...toWrite('bad', sampleTensor('float32', [4])), tensor: sampleTensor('float32', [5]) }];
      await expect(write(sink, wrong)).rejects.toMatchObject({ code: 'shape' });
      expect(sink.bytes().length).toBe(0);
      await expect(write(sink, [...lazy, ...lazy])).rejects.toMatchObject({ code: 'usage' });
    }
  });

  it('keep metadata and align values', async () => {
    const sink = memorySink();
    const tensors = [toWrite('a', sampleTensor('uint8', [3])), toWrite('b', sampleTensor('float64', [2]))];
    await writeSafetensors(sink, tensors, new Map([['by', 'ocelli "1"']]));
    const safe = await openCheckpoint(bufferSource('safe', sink.bytes()));
    expect([...safe.metadata]).toEqual([['by', 'ocelli "1"']]);
    expect(names(safe)).toEqual(['b', 'a']);
    const pth = memorySink();
    await writePth(pth, tensors, new Map([['', 2]]));
    const checkpoint = await openCheckpoint(bufferSource('pth', pth.bytes()));
    expect(checkpoint.metadata.get('')).toEqual({ version: 2 });
    const all = new TextDecoder('latin1').decode(pth.bytes());
    for (const name of ['archive/data.pkl', 'archive/data/0', 'archive/data/1']) {
      const at = all.indexOf(name) - 30;
      const view = new DataView(pth.bytes().buffer);
      expect((at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true)) % 64).toBe(0);
    }
  });
});
