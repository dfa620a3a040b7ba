/**
 * Every operator and its gradient against torch in float64, on three lowerings (CPU, portable, WebGPU's, all run on the
 * CPU), with static and with named dims. Regenerate the goldens: /usr/bin/python3 test/gradients/generate.py
 */
import { describe, expect, it } from 'vitest';
import type { OpName } from '../../src/compiler/ir/graph.ts';
import { emitOnnx } from '../../src/compiler/onnx/emit.ts';
import { opTable } from '../../src/compiler/ops/table.ts';
import { type Case, type Golden, groups, readCases, readGoldens } from './case.ts';
import { differences } from './compare.ts';
import { lowerings, noWebGpuKernel, opTypes } from './lowerings.ts';
import { caseProgram } from './program.ts';
import { runModel } from './run.ts';

async function check(test: Case, golden: Golden, named: boolean): Promise<readonly string[]> {
  const { graph, feeds } = caseProgram(test, golden, named);
  const wrong: string[] = [];
  for (const { label, target, portable } of lowerings) {
    const { model } = emitOnnx(graph, { target, portable });
    const types = opTypes(model);
    const barred = types.filter((type) =>
      portable ? type.startsWith('com.microsoft.') : target === 'webgpu' && noWebGpuKernel.has(type),
    );
    if (barred.length > 0) wrong.push(`${label}: emits ${barred.join(', ')}`);
    const where = named ? `${label}, named dims` : label;
    wrong.push(...differences(graph, await runModel(model, feeds), test, golden).map((text) => `${where}: ${text}`));
  }
  return wrong;
}

const covered = new Map<OpName, { gradient: boolean }>();

for (const group of groups()) {
  const goldens = readGoldens(group);
  describe(group, () => {
    for (const test of readCases(group)) {
      const golden = goldens.get(test.name);
      const before = covered.get(test.op)?.gradient ?? false;
      covered.set(test.op, { gradient: before || golden?.gradients !== undefined });
      it(test.name, async () => {
        if (!golden) throw new Error(`no golden: run /usr/bin/python3 test/gradients/generate.py`);
        expect(await check(test, golden, false)).toEqual([]);
        if (test.named) expect(await check(test, golden, true)).toEqual([]);
      });
    }
  });
}

describe('coverage', () => {
  it.each(Object.keys(opTable) as OpName[])("%s has gradient cases or the written word 'none'", (op) => {
    if (opTable[op].gradient === 'none') return;
    expect(covered.get(op), `no case of "${op}" in test/gradients/cases`).toEqual({ gradient: true });
  });

  it('names every case once', () => {
    const names = groups().flatMap((group) => readCases(group).map((test) => test.name));
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});
