/** Convolutions as training runs them on ONNX Runtime's native back end, in its blocked layout where that is taken, against torch's goldens. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emitOnnx } from '../../src/compiler/onnx/emit.ts';
import { blockedLayout } from '../../src/program/blocked-layout.ts';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { readCases, readGoldens } from './case.ts';
import { differences } from './compare.ts';
import { opTypes } from './lowerings.ts';
import { caseProgram } from './program.ts';
import { runModel } from './run.ts';

const groups = ['convolutions', 'dense-convolutions'];
const goldens = new Map(groups.flatMap((group) => [...readGoldens(group)]));
const cases = groups.flatMap((group) => readCases(group));

describe('convolutions in the blocked layout', () => {
  let runtime: Runtime;
  let nchwcBlock = 0;
  const blocked = new Set<string>();
  beforeAll(async () => {
    runtime = await nodeRuntime({ worker: false });
    nchwcBlock = await blockedLayout(runtime);
    if (nchwcBlock === 0) console.log('skipped: ONNX Runtime has no blocked layout on this processor');
  });
  afterAll(() => runtime.dispose());

  it.each(cases)('$name', async (test) => {
    if (nchwcBlock === 0) return;
    const golden = goldens.get(test.name);
    if (!golden) throw new Error(`no golden of ${test.name}`);
    const { graph, feeds } = caseProgram(test, golden, false);
    const { model } = emitOnnx(graph, { nchwcBlock });
    if (opTypes(model).includes('com.microsoft.nchwc.Conv')) blocked.add(test.name);
    const results = await runModel(model, feeds);
    expect(differences(graph, results, test, golden)).toEqual([]);
  });

  it('takes it for depthwise and for dense convolutions of whole blocks', () => {
    if (nchwcBlock === 0) return;
    const names = [...blocked];
    expect(names.filter((name) => name.includes('depthwise')).length).toBeGreaterThan(2);
    expect(names.filter((name) => name.includes('dense')).length).toBeGreaterThan(7);
  });
});
