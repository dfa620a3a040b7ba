/** Damaged and hostile ONNX files end in one clear error, never in a crash or a full memory. */
import { create, toBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { OcelliError } from '../../src/base/errors.ts';
import { randomBits, streamKey } from '../../src/base/random.ts';
import { float32, int64 } from '../../src/base/tensor.ts';
import { GraphBuilder } from '../../src/compiler/ir/builder.ts';
import { emitOnnx } from '../../src/compiler/onnx/emit.ts';
import {
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  StringStringEntryProtoSchema,
} from '../../src/compiler/onnx/onnx_pb.ts';
import { tensorProto, valueInfoProto } from '../../src/compiler/onnx/proto.ts';
import { readOnnx } from '../../src/compiler/onnx/read.ts';
import * as f from '../../src/compiler/ops/functions.ts';
import { shapeRules } from '../../src/compiler/ops/table.ts';
import { type Foreign, foreignModel } from './foreign.ts';

type GraphInit = Partial<Omit<GraphProto, '$typeName'>>;

const x = valueInfoProto({ name: 'x', value: { type: { dtype: 'float32', shape: [2, 3] } } as never });
const node = (opType: string, input: string[], output: string[], name = '') =>
  create(NodeProtoSchema, { opType, input, output, name });

function model(graph: GraphInit, opset = 17): Uint8Array {
  const whole = create(GraphProtoSchema, { name: 'g', input: [x], output: [{ name: 'y' }], ...graph } as never);
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { irVersion: 8n, opsetImport: [{ version: BigInt(opset) }], graph: whole }),
  );
}

const relu = [node('Relu', ['x'], ['y'])];
const initializer = (name: string, fields: object) => ({ ...tensorProto(name, float32([1], [1])), ...fields });
const external = (entries: Readonly<Record<string, string>>) =>
  initializer('w', {
    dims: [1n],
    rawData: new Uint8Array(),
    dataLocation: 1,
    externalData: Object.entries(entries).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
  });
const adding = (w: object): Uint8Array => model({ node: [node('Add', ['x', 'w'], ['y'])], initializer: [w as never] });

const wrong: readonly (readonly [string, Uint8Array, string, RegExp])[] = [
  ['no bytes', new Uint8Array(), 'format', /no ONNX model: there is no graph/],
  ['other bytes', new TextEncoder().encode('not a model, but some text'), 'format', /no ONNX model/],
  ['no outputs', model({ node: relu, output: [] }), 'format', /there is no graph/],
  ['an old opset', model({ node: relu }, 6), 'unsupported', /opset 6; opsets 7 to 25/],
  ['a future opset', model({ node: relu }, 99), 'unsupported', /opset 99/],
  [
    'a missing input',
    model({ node: [node('Add', ['x', 'gone'], ['y'], 'sum')] }),
    'format',
    /"gone" is needed by Add "sum", but nothing/,
  ],
  ['a missing output', model({ node: [node('Relu', ['x'], ['z'])] }), 'format', /"y" is needed by the outputs/],
  [
    'a circle',
    model({ node: [node('Add', ['x', 'b'], ['a'], 'first'), node('Relu', ['a'], ['b'], 'second'), node('Relu', ['b'], ['y'])] }),
    'format',
    /circle: Add "first", Relu "second"/,
  ],
  ['a value made twice', model({ node: [...relu, ...relu] }), 'format', /"y" is made twice/],
  ['an input made again', model({ node: [node('Relu', ['x'], ['x'])] }), 'format', /"x" is made twice/],
  [
    'unknown operators, all of them',
    model({ node: [node('Sin', ['x'], ['a'], 'one'), node('Einsum', ['a'], ['b'], 'two'), node('Sin', ['b'], ['y'], 'three')] }),
    'unsupported',
    /Sin \("one", "three"\); Einsum \("two"\)/,
  ],
  [
    'an unknown domain',
    model({ node: [create(NodeProtoSchema, { ...relu[0], domain: 'org.example' } as never)] }),
    'unsupported',
    /org\.example\.Relu/,
  ],
  [
    'an input of unknown rank',
    model({ node: relu, input: [{ ...x, type: undefined } as never] }),
    'unsupported',
    /"x" is no tensor/,
  ],
  [
    'an input of a huge dim',
    model({
      node: relu,
      input: [valueInfoProto({ name: 'x', value: { type: { dtype: 'float32', shape: [2 ** 45] } } as never })],
    }),
    'unsupported',
    /dim of 35184372088832/,
  ],
  ['a text tensor', adding(initializer('w', { dataType: 8 })), 'unsupported', /"w" has ONNX's element type 8/],
  ['too few bytes', adding(initializer('w', { dims: [3n] })), 'format', /"w" of shape \[3\] .* needs 12 bytes, 4 are there/],
  ['huge dims of few bytes', adding(initializer('w', { dims: [2n ** 40n] })), 'format', /needs 4398046511104 bytes/],
  ['dims beyond numbers', adding(initializer('w', { dims: [2n ** 40n, 2n ** 40n] })), 'format', /impossible shape/],
  ['negative dims', adding(initializer('w', { dims: [-1n] })), 'format', /impossible shape \[-1\]/],
  ['an external file above', adding(external({ location: '../secret' })), 'format', /must be in the model's folder/],
  ['an external file elsewhere', adding(external({ location: '/etc/passwd' })), 'format', /must be in the model's folder/],
  ['an external file on a drive', adding(external({ location: 'C:secret' })), 'format', /must be in the model's folder/],
  ['an external file by backslashes', adding(external({ location: '..\\secret' })), 'format', /must be in the model's folder/],
  ['an external file without a name', adding(external({})), 'format', /must be in the model's folder/],
  [
    'an external length that does not fit',
    adding(external({ location: 'w', length: '9' })),
    'format',
    /needs 4 bytes, its entry says "9"/,
  ],
  ['an external offset below 0', adding(external({ location: 'w', offset: '-4' })), 'format', /impossible offset "-4"/],
  [
    'two initializers of one name',
    model({ node: [node('Add', ['x', 'w'], ['y'])], initializer: [initializer('w', {}), initializer('w', {})] as never }),
    'format',
    /two initializers/,
  ],
  ['an input too many', model({ node: [node('Relu', ['x', 'x'], ['y'])] }), 'shape', /takes 1 inputs, 2 came/],
  ['an input too few', model({ node: [node('Add', ['x'], ['y'])] }), 'shape', /takes 2 inputs, 1 came/],
  ['an output too many', model({ node: [node('Relu', ['x'], ['z', 'y'])] }), 'unsupported', /has output 1, "y"/],
];

const fedTensor = { feed: float32([2, 3], [1, 2, 3, 4, 5, 6]) };
const refused: readonly (readonly [string, Foreign, RegExp])[] = [
  [
    'a shape known at run time alone',
    { op: 'Reshape', opset: 13, inputs: [fedTensor, { feed: int64([1], [-1]) }] },
    /known only at run time/,
  ],
  [
    'an endless range',
    { op: 'Range', opset: 13, inputs: [0, 2 ** 40, 1].map((value) => ({ known: int64([], [value]) })) },
    /more than 16777216/,
  ],
  [
    'a range without steps',
    { op: 'Range', opset: 13, inputs: [0, 5, 0].map((value) => ({ known: int64([], [value]) })) },
    /more than 16777216/,
  ],
  [
    'a repetition beyond memory',
    { op: 'Tile', opset: 13, inputs: [fedTensor, { known: int64([2], [2 ** 30, 2 ** 30]) }] },
    /too large/,
  ],
  [
    'an attribute of another type',
    { op: 'Concat', opset: 13, inputs: [fedTensor], attrs: { axis: 'x' } },
    /axis as STRING, not INT/,
  ],
  ['a missing attribute', { op: 'Concat', opset: 13, inputs: [fedTensor] }, /lacks the attribute axis/],
  ['an input left out', { op: 'Sub', opset: 13, inputs: [null, fedTensor] }, /lacks input 0/],
];

describe('what is wrong is said', () => {
  it.each(wrong)('%s', async (_, bytes, code, message) => {
    const error = await readOnnx(bytes).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OcelliError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it.each(refused)('%s', async (_, foreign, message) => {
    const error = await readOnnx(foreignModel(foreign, false)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'unsupported', message: expect.stringMatching(message) });
  });

  it('sizes for dims that there are not', async () => {
    const open = valueInfoProto({ name: 'x', value: { type: { dtype: 'float32', shape: ['batch', 3] } } as never });
    const bytes = model({ node: relu, input: [open] });
    expect((await readOnnx(bytes, { dims: { batch: 4 } })).inputs[0]?.value.type.shape).toEqual([4, 3]);
    await expect(readOnnx(bytes, { dims: { batches: 4 } })).rejects.toThrow('no open dim "batches"; it has "batch"');
    await expect(readOnnx(bytes, { dims: { batch: -4 } })).rejects.toThrow('whole number');
  });

  it('an external file that is not given', async () => {
    const bytes = adding(external({ location: 'weights.bin' }));
    await expect(readOnnx(bytes)).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('"weights.bin"') });
    const short = { external: async () => new Uint8Array(3) };
    await expect(readOnnx(bytes, short)).rejects.toMatchObject({ code: 'format' });
  });
});

describe('damage of any kind', () => {
  const builder = new GraphBuilder(shapeRules);
  const input = builder.input('input', { dtype: 'float32', shape: ['N', 3, 8, 8] });
  const weight = builder.parameter('weight', { dtype: 'float32', shape: [4, 3, 3, 3] });
  const pooled = f.flatten(f.maxPool(f.relu(f.conv(input, weight, undefined, { padding: 1 })), { kernel: 2 }), 1);
  const graph = builder.build([{ name: 'y', value: f.slice(f.softmax(pooled, 1), 1, 0, 7) }]);
  const parameters = new Map([['weight', float32([4, 3, 3, 3], new Float32Array(108).fill(0.1))]]);
  const { model: bytes } = emitOnnx(graph, { parameters });

  async function outcome(damaged: Uint8Array): Promise<string> {
    try {
      const read = await readOnnx(damaged);
      emitOnnx(read.builder.build(read.outputs));
      return 'read';
    } catch (error) {
      return error instanceof OcelliError && error.code !== 'internal' ? error.code : `crashed: ${error}`;
    }
  }

  it('cut off anywhere', async () => {
    expect(await outcome(bytes)).toBe('read');
    const outcomes = new Set<string>();
    for (let length = 0; length < bytes.length; length++) outcomes.add(await outcome(bytes.subarray(0, length)));
    expect([...outcomes].filter((code) => code.startsWith('crashed'))).toEqual([]);
    expect(outcomes.has('format')).toBe(true);
  });

  it('4,000 files with bytes changed', async () => {
    const key = streamKey(0, 'damage');
    const crashes = new Set<string>();
    for (let i = 0; i < 4000; i++) {
      const damaged = bytes.slice();
      for (let j = 0; j <= i % 3; j++) {
        const bits = randomBits(key, 8 * i + j);
        damaged[(bits >>> 8) % damaged.length] = bits & 255;
      }
      const result = await outcome(damaged);
      if (result.startsWith('crashed')) crashes.add(result);
    }
    expect([...crashes]).toEqual([]);
  });
});
