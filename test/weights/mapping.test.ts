/** Rules that rename and reshape: what templates match and write, what rules make of tensors, and what is refused. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { float32, type Tensor } from '../../src/base/tensor.ts';
import type { TensorEntry } from '../../src/weights/checkpoint.ts';
import { finder } from '../../src/weights/checkpoint.ts';
import { mapStateDict } from '../../src/weights/mapping/apply.ts';
import { findMap, mapNames, mapOf } from '../../src/weights/mapping/known.ts';
import { type KeyMap, parseMap } from '../../src/weights/mapping/rules.ts';
import { parsePattern, parseWriter } from '../../src/weights/mapping/template.ts';
import { viewOf } from '../../src/weights/mapping/view.ts';
import type { StateDict } from '../../src/weights/state-dict.ts';

/** A state dict of tensors that count 0, 1, 2, ... */
function stateOf(shapes: Readonly<Record<string, readonly number[]>>): StateDict {
  const entries = Object.entries(shapes).map(([name, shape]): TensorEntry => ({ name, dtype: 'float32', shape }));
  const find = finder('theirs', entries);
  const read = async (wanted: string | TensorEntry): Promise<Tensor> => {
    const { shape } = find(wanted);
    return float32(
      shape,
      Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
    );
  };
  return { name: 'theirs', entries, modules: new Map([['bn', { version: 2 }]]), read };
}

const keysOf = (shapes: Readonly<Record<string, readonly number[]>>, map: KeyMap): string[] =>
  mapStateDict(stateOf(shapes), map).entries.map(({ name, shape }) => `${name} [${shape.join(', ')}]`);

describe('templates', () => {
  test.each([
    ['a.b', 'a.b', {}],
    ['a.b', 'a.bc', undefined],
    ['a.b', 'a.b.c', undefined],
    ['a.{x}', 'a.weight', { x: 'weight' }],
    ['a.{x}', 'a', undefined],
    ['a.{x}', 'a.b.c', undefined],
    ['layer{i}.{x}', 'layer12.bias', { i: '12', x: 'bias' }],
    ['layer{i}.{x}', 'layer.bias', undefined],
    ['{i}x.y', '3x.y', { i: '3' }],
    ['a.{rest...}', 'a.b.c.d', { 'rest...': 'b.c.d' }],
    ['a.{rest...}', 'a', undefined],
    ['{rest...}.w', 'a.b.w', { 'rest...': 'a.b' }],
    ['a.{rest...}.{x}', 'a.b.c.w', { 'rest...': 'b.c', x: 'w' }],
    ['a.{i}.{i}', 'a.2.2', { i: '2' }],
    ['a.{i}.{i}', 'a.2.3', undefined],
    ['', '', {}],
    ['a.*.c', 'a.b.c', undefined],
    ['{k...}', 'a.b', { 'k...': 'a.b' }],
  ])('%s of %s', (template, key, captures) => {
    const found = parsePattern(template).match(key);
    expect(found && Object.fromEntries(found)).toEqual(captures);
  });

  test.each([
    ['a.{i}{j}', /must have one placeholder/],
    ['a.{i', /must have one placeholder/],
    ['a.{1}', /must have one placeholder/],
    ['a.{}', /must have one placeholder/],
    ['a.{x...}b', /must be a part by itself/],
    ['{a...}.{b...}', /more than one/],
  ])('%s is refused', (template, message) => {
    expect(() => parsePattern(template)).toThrow(message);
  });

  test.each([
    ['f.{b+4}.{t}', 'f.9.weight'],
    ['f.{b-5}.{t}', 'f.0.weight'],
    ['{t}', 'weight'],
    ['{b}{t}x{b+1}', '5weightx6'],
  ])('%s is written', (to, key) => {
    const pattern = parsePattern('blocks.{b}.{t}');
    expect(parseWriter(to, pattern)(pattern.match('blocks.5.weight') ?? new Map())).toBe(key);
  });

  test('what cannot be written is refused', () => {
    const pattern = parsePattern('blocks.{b}.{rest...}');
    expect(() => parseWriter('f.{c}', pattern)).toThrow(
      'it uses {c}, and the placeholders of "blocks.{b}.{rest...}" are {b}, {rest...}',
    );
    expect(() => parseWriter('f.{rest}', pattern)).toThrow(/it uses \{rest\}/);
    expect(() => parseWriter('f.{b*2}', pattern)).toThrow(/its braces must hold a name/);
    expect(() => parseWriter('', pattern)).toThrow(/it is empty/);
    expect(() => parseWriter('f.{b-9}', pattern)(pattern.match('blocks.5.w') ?? new Map())).toThrow(/a number of at least 0/);
    expect(() => parseWriter('f.{b+1}', pattern)(pattern.match('blocks.x.w') ?? new Map())).toThrow(/\{b\} is "x"/);
  });

  test('a hostile template of many parts takes no time that matters', () => {
    const template = Array.from({ length: 5000 }, (_, i) => `a{p${i}}a`).join('.');
    const key = `${'aaa.'.repeat(4999)}ab`;
    // A search that goes back would not end in anyone's lifetime.
    expect(parsePattern(template).match(key)).toBeUndefined();
  });

  test('any text is a template or refused by a usage error', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ab.{}+1-]*$/), fc.stringMatching(/^[ab.]*$/), (template, key) => {
        try {
          parsePattern(template).match(key);
        } catch (error) {
          expect(error).toMatchObject({ code: 'usage' });
        }
      }),
    );
  });
});

describe('views', () => {
  const counting = (shape: readonly number[]): Tensor =>
    float32(
      shape,
      Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
    );
  const seen = (shape: readonly number[], steps: Parameters<typeof viewOf>[1]) => {
    const { shape: made, data } = viewOf(shape, steps).apply(counting(shape));
    return [made, [...data]];
  };

  test('slice, then transpose, then reshape', () => {
    expect(seen([2, 3], {})).toEqual([
      [2, 3],
      [0, 1, 2, 3, 4, 5],
    ]);
    expect(seen([2, 3], { slice: { axis: 1, start: 1 } })).toEqual([
      [2, 2],
      [1, 2, 4, 5],
    ]);
    expect(seen([3, 2], { slice: { axis: 0, end: 1 } })).toEqual([
      [1, 2],
      [0, 1],
    ]);
    expect(seen([2, 3], { transpose: [1, 0] })).toEqual([
      [3, 2],
      [0, 3, 1, 4, 2, 5],
    ]);
    expect(seen([2, 3], { reshape: [3, -1] })).toEqual([
      [3, 2],
      [0, 1, 2, 3, 4, 5],
    ]);
    expect(seen([3, 2], { slice: { axis: 0, start: 1 }, transpose: [1, 0], reshape: [4, 1] })).toEqual([
      [4, 1],
      [2, 4, 3, 5],
    ]);
    expect(seen([1, 1, 2, 3], { transpose: [3, 2, 0, 1] })).toEqual([
      [3, 2, 1, 1],
      [0, 3, 1, 4, 2, 5],
    ]);
    expect(seen([2, 3], { slice: { axis: 0, start: 2 } })).toEqual([[0, 3], []]);
    expect(seen([], { reshape: [1, 1] })).toEqual([[1, 1], [0]]);
  });

  test.each([
    [{ slice: { axis: 2 } }, /it is \[2, 3\] and has no axis 2/],
    [{ slice: { axis: 0, end: 3 } }, /axis 0 has no elements 0 to 3/],
    [{ transpose: [2, 0, 1] }, /2 axes, transpose names 3/],
    [{ reshape: [4, -1] }, /6 elements, which do not make \[4, -1\]/],
    [{ reshape: [7] }, /do not make \[7\]/],
    [{ reshape: [0, -1] }, /do not make/],
  ])('%j does not fit', (steps, message) => {
    expect(() => viewOf([2, 3], steps)).toThrow(message);
  });
});

describe('rules', () => {
  test('the first that matches counts; what is dropped is gone', () => {
    const map: KeyMap = {
      rules: [
        { drop: 'ema.{rest...}' },
        { from: 'fc.kernel', to: 'head.weight', transpose: [1, 0], dtype: 'float16' },
        { from: 'fc.{t}', to: 'head.{t}' },
        { from: 'body.{rest...}', to: '{rest...}' },
      ],
    };
    const shapes = { 'fc.kernel': [4, 2], 'fc.bias': [2], 'body.0.conv.weight': [1], 'ema.fc.kernel': [4, 2] };
    expect(keysOf(shapes, map)).toEqual(['head.weight [2, 4]', 'head.bias [2]', '0.conv.weight [1]']);
    expect(mapStateDict(stateOf(shapes), map)).toMatchObject({ dropped: ['ema.fc.kernel'], unused: [] });
  });

  test('values are read in their new form, versions go with the modules', async () => {
    const shapes = { 'k.w': [2, 1, 1, 3], 'bn.weight': [2] };
    const state = mapStateDict(stateOf(shapes), {
      rules: [
        { from: 'k.w', to: 'conv.weight', transpose: [3, 2, 0, 1], dtype: 'float64' },
        { from: 'bn.{t}', to: 'features.1.{t}' },
      ],
    });
    expect(state.modules).toEqual(new Map([['features.1', { version: 2 }]]));
    expect(await state.read('conv.weight')).toEqual({
      dtype: 'float64',
      shape: [3, 1, 2, 1],
      data: Float64Array.of(0, 3, 1, 4, 2, 5),
    });
    await expect(state.read('k.w')).rejects.toThrow(/no tensor is named "k\.w"/);
  });

  test('keys that no rule matches', () => {
    const shapes = { a: [1], 'b.c': [1] };
    const rules = [{ from: 'a', to: 'x' }];
    expect(() => keysOf(shapes, { rules })).toThrow(
      'the map: no rule matches "b.c"; add a rule, or say "unmatched": "keep" or "drop"',
    );
    expect(keysOf(shapes, { rules, unmatched: 'keep' })).toEqual(['x [1]', 'b.c [1]']);
    expect(keysOf(shapes, { rules, unmatched: 'drop' })).toEqual(['x [1]']);
    expect(mapStateDict(stateOf(shapes), { rules: [...rules, { drop: 'z' }], unmatched: 'keep' }).unused).toEqual([
      'the map: rule 2 (drop z)',
    ]);
    expect(() => keysOf(shapes, { rules: [], unmatched: 'drop' })).toThrow(/leave no tensor of theirs/);
  });

  test('two keys that become one', () => {
    const rules = [
      { from: 'a.{i}.w', to: 'x.w' },
      { from: 'b', to: 'c' },
    ];
    expect(() => keysOf({ 'a.0.w': [1], 'a.1.w': [1] }, { rules })).toThrow(
      'the map: two keys become "x.w": "a.0.w" (rule 1 (a.{i}.w -> x.w)) and "a.1.w" (rule 1 (a.{i}.w -> x.w))',
    );
    expect(() => keysOf({ b: [1], c: [1] }, { rules, unmatched: 'keep' })).toThrow(
      'two keys become "c": "b" (rule 2 (b -> c)) and "c" (kept as it is)',
    );
  });

  test('errors name the rule and the key', () => {
    const rules = [{ from: 'a', to: 'b', reshape: [3] }];
    expect(() => mapStateDict(stateOf({ a: [2] }), { rules }, 'rules.json')).toThrow(
      'rules.json: rule 1 (a -> b), key "a": it is [2], 2 elements, which do not make [3]',
    );
    expect(() => keysOf({ 'a.x': [1] }, { rules: [{ from: 'a.{i}', to: 'b.{i+1}' }] })).toThrow(
      'the map: rule 1 (a.{i} -> b.{i+1}), key "a.x": {i} is "x"',
    );
  });

  test.each([
    ['[]', /r\.json: an object \{ "rules"/],
    ['{"rule":[]}', /unknown option "rule"; it takes rules, unmatched/],
    ['{"rules":{}}', /"rules" must be a list/],
    ['{"rules":[],"unmatched":"no"}', /"unmatched" must be/],
    ['{"rules":[3]}', /r\.json: rule 1: an object/],
    ['{"rules":[{"from":"a"}]}', /rule 1: "to" must be a template/],
    ['{"rules":[{"from":"a","to":7}]}', /rule 1: "to" must be a template/],
    ['{"rules":[{"drop":"a","to":"b"}]}', /unknown option "to"/],
    ['{"rules":[{"from":"a","to":"b","code":"x"}]}', /unknown option "code"/],
    ['{"rules":[{"from":"a.{i","to":"b"}]}', /rule 1: "a\.\{i" is no template/],
    ['{"rules":[{"from":"a","to":"b","dtype":"int4"}]}', /dtype must be one of float64/],
    ['{"rules":[{"from":"a","to":"b","transpose":[0,0]}]}', /transpose must be every axis once/],
    ['{"rules":[{"from":"a","to":"b","transpose":"10"}]}', /transpose must be every axis once/],
    ['{"rules":[{"from":"a","to":"b","reshape":[-1,-1]}]}', /reshape must be whole numbers/],
    ['{"rules":[{"from":"a","to":"b","reshape":[1.5]}]}', /reshape must be whole numbers/],
    ['{"rules":[{"from":"a","to":"b","slice":{"axis":-1}}]}', /slice must be an axis/],
    ['{"rules":[{"from":"a","to":"b","slice":[0]}]}', /slice must be like/],
    ['{"rules":[{"from":"a","from":"c","to":"b"}]}', /"from" is there twice/],
    ['{"rules":[', /damaged JSON/],
    [`{"rules":[${'{"drop":"a"},'.repeat(5000)}{"drop":"a"}]}`, /5001 rules, at most 4096/],
  ])('%s is refused', (json, message) => {
    expect(() => mapStateDict(stateOf({ a: [1] }), parseMap(json, 'r.json'), 'r.json')).toThrow(message);
  });
});

describe('maps that come with Ocelli', () => {
  test('are found by name', async () => {
    for (const name of mapNames) expect((await findMap(name))?.rules.length).toBeGreaterThan(0);
    expect(await findMap('constructor')).toBeUndefined();
    await expect(mapOf('timm')).rejects.toThrow('there is no map "timm"; Ocelli has timm-mobilenetv1');
  });
});
