/** Every operator's cases, written as ONNX and read back, still give what torch gives. */
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/base/tensor.ts';
import { verifyGraph } from '../../src/compiler/ir/verify.ts';
import { emitOnnx } from '../../src/compiler/onnx/emit.ts';
import { readOnnx } from '../../src/compiler/onnx/read.ts';
import { shapeRules } from '../../src/compiler/ops/table.ts';
import { getModel } from '../../src/models/registry.ts';
import { exportOnnx } from '../../src/program/export-onnx.ts';
import type { Model } from '../../src/program/inference-graph.ts';
import { type Case, type Golden, groups, readCases, readGoldens } from '../gradients/case.ts';
import { differences } from '../gradients/compare.ts';
import { lowerings } from '../gradients/lowerings.ts';
import { caseProgram } from '../gradients/program.ts';
import { runModel } from '../gradients/run.ts';
import { pictures } from '../parity/fill.ts';

/** What comes out of the models that were read from the written ones, and written again. */
async function check(test: Case, whole: Golden, named: boolean): Promise<readonly string[]> {
  // A max pool's gradient is written with MaxPool's second output, which is not read.
  const golden: Golden = test.op === 'maxPool' ? { name: whole.name, outputs: whole.outputs } : whole;
  const { graph, feeds } = caseProgram(test, golden, named);
  const wrong: string[] = [];
  for (const { label, target, portable } of lowerings.filter(({ label }) => label !== 'portable')) {
    const { model } = emitOnnx(graph, { target, portable });
    const read = await readOnnx(model);
    const again = read.builder.build(read.outputs);
    verifyGraph(again, shapeRules);
    const results = await runModel(emitOnnx(again).model, feeds);
    wrong.push(...differences(graph, results, test, golden).map((text) => `${label}${named ? ', named dims' : ''}: ${text}`));
  }
  return wrong;
}

for (const group of groups()) {
  const goldens = readGoldens(group);
  describe(group, () => {
    for (const test of readCases(group)) {
      it(test.name, async () => {
        const golden = goldens.get(test.name) as Golden;
        expect(await check(test, golden, false)).toEqual([]);
        if (test.named) expect(await check(test, golden, true)).toEqual([]);
      });
    }
  });
}

describe('models of the zoo, all sizes open', () => {
  it.each(['efficientnet_b0', 'resnet18', 'mnasnet0_5', 'mobilenet_v2', 'squeezenet1_1'])('%s', async (name) => {
    const { model } = exportOnnx((await getModel(name, { numClasses: 10 })) as Model, { dynamic: ['batch', 'height', 'width'] });
    const read = await readOnnx(model);
    const parameters = read.parameters as ReadonlyMap<string, Tensor>;
    const again = emitOnnx(read.builder.build(read.outputs), { parameters }).model;
    const feeds = new Map([['input', pictures('input', [2, 3, 67, 50])]]);
    const [before, after] = [await runModel(model, feeds), await runModel(again, feeds)];
    expect(after.get('logits')).toEqual(before.get('logits'));
  });
});
