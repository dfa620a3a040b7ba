/** Nodes as other tools write them give on ONNX Runtime what they give once Ocelli has read and written them. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/base/tensor.ts';
import { verifyGraph } from '../../src/compiler/ir/verify.ts';
import { emitOnnx } from '../../src/compiler/onnx/emit.ts';
import { readOnnx } from '../../src/compiler/onnx/read.ts';
import { readingRules, shapeRules } from '../../src/compiler/ops/table.ts';
import { type Actual, difference } from '../gradients/compare.ts';
import { runModel } from '../gradients/run.ts';
import { type Foreign, foreignFeeds, foreignModel } from './foreign.ts';
import { foreignCases } from './foreign-cases.ts';

/** Runs the model as it is, and as it is read and written again. */
async function check(foreign: Foreign, named: boolean): Promise<readonly string[]> {
  const bytes = foreignModel(foreign, named);
  const feeds = foreignFeeds(foreign);
  const expected = await runModel(bytes, feeds);
  const read = await readOnnx(bytes);
  const graph = read.builder.build(read.outputs);
  verifyGraph(graph, shapeRules);
  const results = await runModel(emitOnnx(graph, { parameters: read.parameters as ReadonlyMap<string, Tensor> }).model, feeds);
  return [...expected].flatMap(([name, { shape, data }]) => {
    const values = Array.from(data as ArrayLike<number | bigint>, Number);
    const off = difference(results.get(name) as Actual, { shape, values: values.length > 64 ? sampled(values) : values });
    return off === undefined ? [] : [`${name}: ${off}`];
  });
}

/** The places that `difference` looks at. */
function sampled(values: readonly number[]): readonly number[] {
  return Array.from({ length: 64 }, (_, i) => values[Math.floor((i * values.length) / 64)] as number);
}

function label({ op, opset, attrs = {}, inputs }: Foreign): string {
  const shapes = inputs.map((input) => (input ? `[${('feed' in input ? input.feed : input.known).shape}]` : '-'));
  const text = JSON.stringify(attrs, (_, value: unknown) => (ArrayBuffer.isView(value) ? '...' : value));
  return `${op} ${opset} ${shapes.join(' ')} ${text}`;
}

for (const [group, cases] of Object.entries(foreignCases)) {
  describe(group, () => {
    it.each(cases.map((foreign) => [label(foreign), foreign] as const))('%s', async (_, foreign) => {
      expect(await check(foreign, false)).toEqual([]);
    });
    it.each(cases.map((foreign) => [label(foreign), foreign] as const))('with open dims: %s', async (_, foreign) => {
      const results = check(foreign, true);
      if (!foreign.sized) expect(await results).toEqual([]);
      else await expect(results).rejects.toMatchObject({ code: expect.stringMatching(/^(shape|unsupported)$/) });
    });
  });
}

describe('coverage', () => {
  it('every reading rule is tried', () => {
    const tried = new Set(Object.values(foreignCases).flatMap((cases) => cases.map(({ op }) => op)));
    expect([...readingRules().keys()].filter((op) => !tried.has(op))).toEqual([]);
  });

  it('the documentation lists what is read', () => {
    const text = readFileSync(new URL('../../docs/onnx.md', import.meta.url), 'utf8');
    const listed = /<!-- operators -->([^<]*)</
      .exec(text)?.[1]
      ?.split(',')
      .map((name) => name.trim());
    expect(listed?.sort()).toEqual([...readingRules().keys()].sort());
  });
});
