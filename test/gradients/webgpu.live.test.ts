/**
 * Every operator and its gradient on ONNX Runtime's WebGPU back end, in Node. Without a GPU it takes SwiftShader, the
 * software Vulkan that comes with Debian's Chromium.
 */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/compiler/ir/builder.ts';
import { emitOnnx } from '../../src/compiler/onnx/emit.ts';
import { shapeRules } from '../../src/compiler/ops/table.ts';
import { type Golden, groups, readCases, readGoldens } from './case.ts';
import { differences } from './compare.ts';
import { fill } from './fill.ts';
import { caseProgram } from './program.ts';
import { runModel } from './run.ts';

const software = '/usr/lib/chromium/vk_swiftshader_icd.json';
if (process.env.VK_ICD_FILENAMES === undefined && existsSync(software)) process.env.VK_ICD_FILENAMES = software;

/** Why WebGPU cannot run here, or undefined when it can. */
async function whyNot(): Promise<string | undefined> {
  const builder = new GraphBuilder(shapeRules);
  const x = builder.input('x', { dtype: 'float32', shape: [2] });
  const { model } = emitOnnx(builder.build([{ name: 'y', value: builder.apply('neg', [x], {}) }]), { target: 'webgpu' });
  try {
    await runModel(model, new Map([['x', fill('x', { shape: [2] })]]), 'webgpu');
    return undefined;
  } catch (error) {
    return String(error);
  }
}

const missing = await whyNot();
if (missing !== undefined) console.log(`skipped: operators on WebGPU: ${missing}`);

describe.skipIf(missing !== undefined)('operators on WebGPU', () => {
  for (const group of groups()) {
    const goldens = readGoldens(group);
    it.each(readCases(group).map((test) => [test.name, test] as const))('%s', async (_, test) => {
      const golden = goldens.get(test.name) as Golden;
      const { graph, feeds } = caseProgram(test, golden, false);
      const { model } = emitOnnx(graph, { target: 'webgpu' });
      expect(differences(graph, await runModel(model, feeds, 'webgpu'), test, golden)).toEqual([]);
    });
  }
});
