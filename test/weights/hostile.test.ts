/** Hostile and damaged checkpoints: each ends quickly in a clear error, and nothing in a file is ever run. */
import { deflateSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { isOcelliError } from '../../src/base/errors.ts';
import { bufferSource } from '../../src/platform/buffer.ts';
import { crc32 } from '../../src/weights/crc32.ts';
import { inspectCheckpoint, openCheckpoint } from '../../src/weights/index.ts';
import { archive, bytes, int, le32, le64, legacy, type Part, tensor, text } from './pickles.ts';
import { sha256 } from './support.ts';

const PROTO = bytes(0x80, 2);
const vector = { length: int(4), size: [int(4)], stride: [int(1)] };

/** The error that reading all of a file ends in; fails when it is read, crashes, or takes long or much memory. */
async function refusal(file: Uint8Array): Promise<string> {
  const start = performance.now();
  const before = process.memoryUsage().rss;
  let caught: unknown;
  try {
    await inspectCheckpoint(bufferSource('file', file), sha256);
  } catch (error) {
    caught = error;
  }
  expect(isOcelliError(caught), `${String(caught)} ${caught instanceof Error ? caught.stack : ''}`).toBe(true);
  expect(performance.now() - start).toBeLessThan(10_000);
  expect(process.memoryUsage().rss - before).toBeLessThan(600 * 2 ** 20);
  return (caught as Error).message;
}

const pickled = async (...parts: readonly Part[]): Promise<string> => refusal(await archive(bytes(PROTO, ...parts, '.')));

async function accepted(file: Uint8Array): Promise<Awaited<ReturnType<typeof inspectCheckpoint>>> {
  return inspectCheckpoint(bufferSource('file', file), sha256);
}

describe('globals', () => {
  const blocked: readonly (readonly [string, readonly Part[], string])[] = [
    ['GLOBAL', ['cos\nsystem\n', text('true'), 0x85, 'R'], 'os.system'],
    ['STACK_GLOBAL', [text('posix'), text('system'), 0x93, text('true'), 0x85, 'R'], 'posix.system'],
    ['INST', ['(', text('true'), 'ios\nsystem\n'], 'os.system'],
    ['OBJ', ['(cos\nsystem\n', text('true'), 'o'], 'os.system'],
    ['NEWOBJ', ['csubprocess\nPopen\n', text('true'), 0x85, 0x81], 'subprocess.Popen'],
    ['eval', ['cbuiltins\neval\n', text('1'), 0x85, 'R'], 'builtins.eval'],
    ['getattr', ['cbuiltins\ngetattr\n(tR'], 'builtins.getattr'],
    [
      'a dotted name that leads out of an allowed module',
      ['ccollections\nOrderedDict.__class__\n'],
      'collections.OrderedDict.__class__',
    ],
    ['a name of JavaScript', ['cconstructor\nconstructor\n)R'], 'constructor.constructor'],
    ['__proto__', ['c__proto__\n__proto__\n)R'], '__proto__.__proto__'],
    ['a whole model', ['ctorchvision.models.resnet\nResNet\n)', 0x81], 'torchvision.models.resnet.ResNet'],
    ['a TorchScript class outside TorchScript', ['c__torch__\nModel\n)', 0x81], '__torch__.Model'],
    ['nested torch.load', ['ctorch.storage\n_load_from_bytes\n'], 'torch.storage._load_from_bytes'],
  ];
  for (const [kind, parts, name] of blocked) {
    it(`blocks ${kind} and says its name`, async () => {
      const message = await pickled(...parts);
      expect(message).toContain(`blocked global ${name.slice(0, 20)}`);
      expect(message).toContain(name);
      expect(message).toContain('torch.save(model.state_dict(), path)');
    });
  }

  it('refuses to call what is no callable', async () => {
    expect(await pickled(text('os.system'), ')R')).toContain('no global');
    expect(await pickled('}', ')R')).toContain('no global');
    expect(await pickled('ctorch\nfloat32\n)R')).toContain('arguments it does not take');
    expect(await pickled('ctorch\nFloatStorage\n)R')).toContain('arguments it does not take');
    expect(await pickled('cbuiltins\nobject\n)R')).toContain('arguments it does not take');
  });

  it('refuses BUILD on what has no state, and __setstate__ among attributes is only data', async () => {
    expect(await pickled(']}b')).toContain('state');
    expect(await pickled(int(1), '}b')).toContain('state');
    expect(await pickled('cnumpy\nndarray\n}b')).toContain('state');
    const state = bytes(
      'cargparse\nNamespace\n)',
      0x81,
      '}',
      text('__setstate__'),
      'cbuiltins\nlist\ns',
      text('__proto__'),
      int(3),
      'sb',
    );
    const { other } = await accepted(await archive(bytes(PROTO, state, '.')));
    expect(other).toEqual([
      { name: '__setstate__', value: 'builtins.list' },
      { name: '__proto__', value: 3 },
    ]);
  });

  it('refuses extension codes, buffers out of band and persistent ids that are no storage', async () => {
    for (const code of [0x82, 0x83, 0x84]) expect(await pickled(code, le32(1))).toContain('extension');
    for (const code of [0x97, 0x98]) expect(await pickled(code)).toContain('out-of-band');
    expect(await pickled('Pos.system\n')).toContain('no storage');
    expect(await pickled(text('module'), 'Q')).toContain('no storage');
    expect(await pickled(tensor({ ...vector, tag: 'module' }))).toContain('no storage');
  });
});

describe('storages and tensors that lie', () => {
  const cases: readonly (readonly [string, Parameters<typeof tensor>[0], string])[] = [
    ['a storage longer than its entry', { ...vector, length: int(5), size: [int(5)] }, 'should have 20 bytes'],
    ['a storage longer than memory', { ...vector, length: bytes(0x8a, 6, 0, 0, 0, 0, 0, 16) }, 'should have'],
    ['a storage of negative length', { ...vector, length: int(-4) }, 'no count'],
    ['a storage that is missing', { ...vector, key: '../../etc/passwd' }, 'missing'],
    ['a storage of no known type', { ...vector, type: 'ctorch\nQInt8Storage\n' }, 'QInt8Storage'],
    ['a complex storage', { ...vector, type: 'ctorch\nComplexFloatStorage\n' }, 'ComplexFloatStorage'],
    ['a storage type that is a function', { ...vector, type: 'cbuiltins\nlist\n' }, 'without type'],
    ['an offset out of range', { ...vector, offset: int(1) }, 'element 5 of a storage of 4'],
    ['a negative offset', { ...vector, offset: int(-1) }, 'offset'],
    ['a negative stride', { ...vector, stride: [int(-1)] }, 'stride'],
    ['a negative size', { ...vector, size: [int(-1)] }, 'stride'],
    ['a stride out of range', { ...vector, stride: [int(2)] }, 'element 7 of a storage of 4'],
    ['sizes and strides of different lengths', { ...vector, stride: [] }, 'different lengths'],
    ['65 dimensions', { ...vector, size: Array(65).fill(int(1)), stride: Array(65).fill(int(1)) }, 'too many'],
    ['an expanded tensor of 8 GB', { ...vector, size: [int(2 ** 31 - 1)], stride: [int(0)] }, 'unfold'],
    ['an expanded tensor beyond 2^53', { ...vector, size: Array(4).fill(int(2 ** 30)), stride: Array(4).fill(int(0)) }, 'unfold'],
  ];
  for (const [kind, options, message] of cases) {
    it(`refuses ${kind}`, async () => expect(await pickled(tensor(options))).toContain(message));
  }

  it('refuses a storage described in two ways', async () => {
    expect(await pickled('(', tensor(vector), tensor({ ...vector, length: int(2), size: [int(2)] }), 't')).toContain('two ways');
  });

  it('refuses a legacy stream whose storages are missing, doubled, of another length or cut off', async () => {
    const object = bytes(PROTO, tensor(vector), '.');
    const good = bytes(le64(4), new Uint8Array(16));
    expect((await accepted(legacy(object, ['0'], [good]))).tensors.length).toBe(1);
    expect(await refusal(legacy(object))).toContain('missing');
    expect(await refusal(legacy(object, ['0', '0'], [good, good]))).toContain('does not fit');
    expect(await refusal(legacy(object, ['1'], [good]))).toContain('does not fit');
    expect(await refusal(legacy(object, ['0'], [bytes(le64(2 ** 40), new Uint8Array(16))]))).toContain('elements');
    expect(await refusal(legacy(object, ['0'], [bytes(le64(4), new Uint8Array(15))]))).toContain('cut off');
  });
});

describe('bombs', () => {
  it('refuses deep nesting', async () => {
    const deep = (n: number): Uint8Array => bytes(']'.repeat(n), 'a'.repeat(n - 1));
    expect((await accepted(await archive(bytes(PROTO, deep(200), '.')))).other.length).toBe(1);
    expect(await pickled(deep(1000))).toContain('inside each other');
    expect(await pickled(deep(100_000))).toContain('inside each other');
    expect(await pickled('N', new Uint8Array(100_000).fill(0x85))).toContain('inside each other');
    expect(await pickled('}N', new Uint8Array(100_000).fill(0x85), 'Ns')).toContain('enormous');
  });

  it('refuses nesting that doubles (a billion laughs) of lists, tuples and keys', async () => {
    const doubling = (open: string, close: string): Part[] =>
      Array.from({ length: 100 }, (_, i) =>
        bytes(
          i === 0 ? 'N' : '',
          'r',
          le32(i),
          open,
          'j',
          le32(i),
          'j',
          le32(i),
          close,
          'r',
          le32(i + 1000),
          '0',
          'j',
          le32(i + 1000),
        ),
      );
    expect(await pickled('(', ...doubling('](', 'e'), 't')).toContain('values');
    expect(await pickled('(', ...doubling('(', 't'), 't')).toContain('values');
    expect(await pickled('}(', ...doubling('(', 't').slice(0, 60), 'N', 'd')).toMatch(/key/);
  });

  it('refuses a list that contains itself', async () => {
    expect(await pickled(']q', 0, 'h', 0, 'a')).toContain('contains itself');
    expect(await pickled('}q', 0, text('x'), 'h', 0, 's')).toContain('contains itself');
  });

  it('refuses huge sizes before it reserves anything', async () => {
    for (const size of [bytes('X', le32(2 ** 32 - 1)), bytes('B', le32(2 ** 31)), bytes('T', le32(2 ** 32 - 1))])
      expect(await pickled(size)).toContain('follow');
    for (const code of [0x8d, 0x8e, 0x96]) {
      expect(await pickled(code, le64(2 ** 40))).toContain('follow');
      expect(await pickled(code, le64(0xffffffffffffffffn))).toContain('follow');
    }
    expect(await pickled(0x8b, le32(2 ** 31 - 1))).toContain('too long');
    expect(await pickled(0x8b, le32(0xffffffff))).toContain('too long');
    expect(await pickled(0x95, le64(2 ** 50))).toContain('frame');
    expect(await pickled('L', '9'.repeat(1_000_000), 'L\n')).toContain('too long');
  });

  it('refuses memo bombs: one text, copied over and over', async () => {
    const big = text('x'.repeat(1_000_000));
    const copy = bytes('c_codecs\nencode\n', 'h', 0, text('latin1'), 0x86, 'R0');
    expect(await pickled(big, 'q', 0, '0', ...Array(3000).fill(copy), 'N')).toContain('memory');
    const list = bytes('](', new Uint8Array(100_000).fill(0x4e), 'eq', 0);
    expect(await pickled(list, ...Array(3000).fill(bytes('cbuiltins\nlist\nh', 0, 0x85, 'R')), 't')).toContain('memory');
  });

  it('refuses millions of objects made from one byte each', async () => {
    const many = async (code: string, n: number): Promise<string> =>
      refusal(await archive(bytes(PROTO, '(', new Uint8Array(n).fill(code.charCodeAt(0)), 't.')));
    expect(await many('}', 3_000_000)).toContain('memory');
    expect(await many('N', 20_000_000)).toContain('operations');
    expect(await many('(', 20_000_000)).toContain('operations');
  }, 60_000);

  it('refuses names that grow with every level', async () => {
    const name = text('n'.repeat(100_000));
    const inner = Array.from({ length: 1000 }, (_, i) => bytes(int(i), 'Ns'));
    expect(await pickled('}', name, '}', ...inner, 's')).toContain('names');
  });
});

/** A zip of one deflated entry that says it has `size` bytes. */
function deflatedArchive(contents: Uint8Array, size: number, name = 'archive/data.pkl'): Uint8Array {
  const body = deflateSync(contents, { level: 9 });
  const path = bytes(name);
  const common = bytes(0, 0, 8, 0, 0, 0, 0x21, 0, le32(crc32(contents)), le32(body.length), le32(size), path.length, 0);
  const local = bytes(le32(0x04034b50), 45, 0, common, 0, 0, path);
  const central = bytes(le32(0x02014b50), 45, 0, 45, 0, common, new Uint8Array(12), le32(0), path);
  const start = local.length + body.length;
  const file = new Uint8Array(start + central.length + 22);
  file.set(local);
  file.set(body, local.length);
  file.set(central, start);
  file.set(bytes(le32(0x06054b50), 0, 0, 0, 0, 1, 0, 1, 0, le32(central.length), le32(start), 0, 0), start + central.length);
  return file;
}

describe('zip files', () => {
  const central = (file: DataView): number => file.getUint32(file.byteLength - 6, true);
  const object = bytes(PROTO, '}', text('a'), int(7), 's.');

  it('reads deflated entries', async () => {
    expect((await accepted(deflatedArchive(object, object.length))).other).toEqual([{ name: 'a', value: 7 }]);
  });

  it('refuses bombs: declared and undeclared', async () => {
    const zeros = new Uint8Array(64 * 2 ** 20);
    expect(await refusal(deflatedArchive(zeros, zeros.length))).toContain('inflates');
    expect(await refusal(deflatedArchive(zeros, 1000))).toContain('inflates to more');
    expect(await refusal(deflatedArchive(object, object.length + 1))).toContain('inflates to less');
  });

  it('reads ZIP64 records, and refuses those that lead nowhere', async () => {
    const plain = await archive(object);
    const directory = central(new DataView(plain.buffer));
    const tail = plain.length - 22;
    const first = bytes(plain.subarray(directory, directory + 62));
    const wide = new DataView(first.buffer);
    const sizes = bytes(1, 0, 16, 0, le64(wide.getUint32(24, true)), le64(wide.getUint32(20, true)));
    wide.setUint32(20, 0xffffffff, true);
    wide.setUint32(24, 0xffffffff, true);
    wide.setUint16(30, sizes.length, true);
    const entries = bytes(first, sizes, plain.subarray(directory + 62, tail));
    const make = (record: number, offset: number): Uint8Array =>
      bytes(
        ...[plain.subarray(0, directory), entries],
        ...[le32(0x06064b50), le64(44), 45, 0, 45, 0, le64(0), le64(3), le64(3), le64(entries.length), le64(offset)],
        ...[le32(0x07064b50), le32(0), le64(record), le32(1)],
        ...[le32(0x06054b50), 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, le32(0xffffffff), le32(0xffffffff), 0, 0],
      );
    const record = directory + entries.length;
    expect((await accepted(make(record, directory))).other).toEqual([{ name: 'a', value: 7 }]);
    expect(await refusal(make(record + 1, directory))).toContain('ZIP64');
    expect(await refusal(make(2 ** 50, directory))).toContain('cut off');
    expect(await refusal(make(record, 2 ** 52))).toContain('outside');
  });

  it('reads big-endian storages', async () => {
    const file = await archive(bytes(PROTO, tensor(vector), '.'), { byteorder: bytes('big') });
    const checkpoint = await openCheckpoint(bufferSource('big', file));
    const swapped = new Uint8Array(new Float32Array([1, 2, 3, 4]).buffer);
    for (let i = 0; i < 16; i += 4) swapped.subarray(i, i + 4).reverse();
    expect((await checkpoint.read('')).data).toEqual(new Float32Array(swapped.buffer));
    expect(await refusal(await archive(object, { byteorder: bytes('middle') }))).toContain('byte order');
  });

  const patch = async (find: (file: DataView) => void): Promise<Uint8Array> => {
    const file = await archive(object, { byteorder: bytes('little') });
    find(new DataView(file.buffer));
    return file;
  };
  it('refuses entries that overlap, lie outside, contradict themselves, are encrypted or compressed otherwise', async () => {
    const cases: readonly (readonly [string, (file: DataView) => void])[] = [
      ['overlaps', (file) => file.setUint32(central(file) + 46 + 16 + 42, 0, true)],
      ['overlaps', (file) => file.setUint32(central(file) + 42, file.byteLength, true)],
      ['two sizes', (file) => file.setUint32(central(file) + 24, 2 ** 30, true)],
      ['encrypted', (file) => file.setUint16(central(file) + 8, 1, true)],
      ['method 9', (file) => file.setUint16(central(file) + 10, 9, true)],
      ['calls itself', (file) => file.setUint8(30, 0x62)],
      ['header of', (file) => file.setUint32(file.getUint32(central(file) + 46 + 16 + 46 + 14 + 42, true), 0, true)],
      ['two methods', (file) => file.setUint16(8, 8, true)],
      ['outside', (file) => file.setUint32(file.byteLength - 10, 2 ** 30, true)],
      ['cannot hold', (file) => file.setUint16(file.byteLength - 12, 60000, true)],
      ['end record', (file) => file.setUint32(file.byteLength - 22, 0, true)],
    ];
    for (const [message, change] of cases) expect(await refusal(await patch(change))).toContain(message);
  });

  it('refuses two entries of one name', async () => {
    const file = await archive(object, { aa: bytes('x'), ab: bytes('y') });
    const all = new TextDecoder('latin1').decode(file);
    for (let at = all.indexOf('archive/ab'); at >= 0; at = all.indexOf('archive/ab', at + 1)) file[at + 9] = 0x61;
    expect(await refusal(file)).toContain('two entries named');
  });

  it('notices a flipped bit in a tensor by its checksum', async () => {
    const file = await archive(bytes(PROTO, tensor(vector), '.'));
    expect((await accepted(file)).tensors.length).toBe(1);
    const values = new TextDecoder('latin1').decode(file).indexOf('\x00\x00\x80\x3f\x00\x00\x00\x40');
    file[values] = 1;
    expect(await refusal(file)).toContain('checksum');
  });

  it('refuses a zip file that is no checkpoint', async () => {
    expect(await refusal(deflatedArchive(object, object.length, 'readme.txt'))).toContain('data.pkl');
  });
});

describe('what is no checkpoint', () => {
  it('says what it looks like', async () => {
    expect(await refusal(bytes(''))).toContain('empty');
    expect(await refusal(bytes('abc'))).toContain('none of the known formats');
    expect(await refusal(bytes('<!DOCTYPE html><html>'))).toContain('web page');
    expect(await refusal(bytes('version https://git-lfs.github.com/spec/v1\noid'))).toContain('Git LFS');
    expect(await refusal(bytes(PROTO, '}.'))).toContain('magic number');
  });

  it('closes the source', async () => {
    let closed = 0;
    const source = { ...bufferSource('x', bytes('abc')), close: () => Promise.resolve(void closed++) };
    await expect(openCheckpoint(source)).rejects.toMatchObject({ code: 'format' });
    expect(closed).toBe(1);
  });
});

describe('safetensors', () => {
  const file = (header: string, data = 0, length = header.length): Uint8Array =>
    bytes(le64(length), header, new Uint8Array(data));
  const one = (fields: string): string => `{"a":{${fields}}}`;
  const cases: readonly (readonly [string, Uint8Array, string])[] = [
    ['a header beyond the file', file('{}', 0, 100), 'header of 100'],
    ['a header of 4 GB', file('{}', 0, 2 ** 32), 'none of the known'],
    ['a hole', file(one('"dtype":"U8","shape":[2],"data_offsets":[1,3]'), 3), 'hole'],
    [
      'an overlap',
      file('{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}', 3),
      'overlaps',
    ],
    ['bytes after the last tensor', file(one('"dtype":"U8","shape":[2],"data_offsets":[0,2]'), 3), 'end at byte'],
    ['missing bytes', file(one('"dtype":"U8","shape":[2],"data_offsets":[0,2]'), 1), 'end at byte'],
    ['a size that does not fit', file(one('"dtype":"F32","shape":[2],"data_offsets":[0,2]'), 2), 'does not fit'],
    ['a shape beyond 2^53', file(one('"dtype":"F32","shape":[1e300,1e300],"data_offsets":[0,2]'), 2), 'counts'],
    [
      'a shape whose product overflows',
      file(one(`"dtype":"F32","shape":[${Array(8).fill(2 ** 40)}],"data_offsets":[0,0]`)),
      'does not fit',
    ],
    ['an unknown dtype', file(one('"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]'), 2), 'F8_E4M3'],
    ['a dtype of JavaScript', file(one('"dtype":"constructor","shape":[2],"data_offsets":[0,2]'), 2), 'constructor'],
    ['a negative offset', file(one('"dtype":"U8","shape":[2],"data_offsets":[-2,0]'), 2), 'counts'],
    ['three offsets', file(one('"dtype":"U8","shape":[2],"data_offsets":[0,2,3]'), 2), 'pair'],
    ['an unknown field', file(one('"dtype":"U8","shape":[2],"data_offsets":[0,2],"x":1'), 2), 'unknown field'],
    ['a tensor that is no object', file('{"a":1}'), 'no object'],
    [
      'a double name',
      file('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'),
      'twice',
    ],
    [
      'a double name in other letters',
      file('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\\u0061":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'),
      'twice',
    ],
    ['metadata that is no text', file('{"__metadata__":{"a":1}}'), 'no text'],
    ['no UTF-8', file('{"\xff":1}'), 'UTF-8'],
    ['deep JSON', file(`{"a":${'['.repeat(100_000)}`), 'too deep'],
    ['an unfinished text', file('{"a'), 'does not end'],
    ['something after the end', file('{}x'), 'follows'],
  ];
  for (const [kind, contents, message] of cases)
    it(`refuses ${kind}`, async () => expect(await refusal(contents)).toContain(message));

  it('keeps names that are properties of JavaScript objects', async () => {
    const { tensors } = await accepted(
      file(
        '{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"constructor":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}',
        2,
      ),
    );
    expect(tensors.map(({ name }) => name)).toEqual(['__proto__', 'constructor']);
  });
});
