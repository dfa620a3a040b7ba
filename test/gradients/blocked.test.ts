/** Depthwise convolutions in the blocked layout of ONNX Runtime's native back end, against the same goldens as the others. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emitOnnx } from '../../src/compiler/onnx/emit.ts';
import { blockedLayout } from '../../src/program/blocked-layout.ts';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { readCases, readGoldens } from './case.ts';
import { difference } from './compare.ts';
import { opTypes } from './lowerings.ts';
import { caseProgram } from './program.ts';
import { runModel } from './run.ts';

const goldens = readGoldens('convolutions');
const cases = readCases('convolutions').filter(({ op, inputs, attrs }) => {
  const channels = inputs[0]?.shape[1] ?? 0;
  return (
    op === 'conv' &&
    channels % 4 === 0 &&
    attrs?.groups === channels &&
    inputs[1]?.shape[0] === channels &&
    inputs[1].shape.length === 4
  );
});

describe('depthwise convolutions in the blocked layout', () => {
  let runtime: Runtime;
  let nchwcBlock = 0;
  beforeAll(async () => {
    runtime = await nodeRuntime({ worker: false });
    nchwcBlock = await blockedLayout(runtime);
    if (nchwcBlock === 0) console.log('skipped: ONNX Runtime has no blocked layout on this processor');
  });
  afterAll(() => runtime.dispose());

  it('has cases', () => expect(cases.length).toBeGreaterThan(4));

  it.each(cases)('$name', async (test) => {
    if (nchwcBlock === 0) return;
    const golden = goldens.get(test.name);
    if (!golden) throw new Error(`no golden of ${test.name}`);
    const { graph, feeds } = caseProgram(test, golden, false);
    const { model } = emitOnnx(graph, { nchwcBlock });
    expect(opTypes(model)).toContain('com.microsoft.nchwc.Conv');
    const results = await runModel(model, feeds);
    for (const { name } of graph.outputs) {
      const place = Number(/\d+$/.exec(name)?.[0]);
      const expected = name.startsWith('output') ? golden.outputs[place] : golden.gradients?.[place];
      const actual = results.get(name);
      if (!actual || !expected) throw new Error(`${name} has no counterpart`);
      expect(difference(actual, expected), name).toBeUndefined();
    }
  });
});
