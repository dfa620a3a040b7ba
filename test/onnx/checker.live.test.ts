/** Models with gradients, exported training steps and baked preprocessing pass the ONNX checker. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/compiler/ir/graph.ts';
import { getPreset } from '../../src/models/presets.ts';
import { getModel } from '../../src/models/registry.ts';
import { exportOnnx } from '../../src/program/export-onnx.ts';
import { exportTraining } from '../../src/program/export-training.ts';
import { gradOnnx } from '../../src/program/grad-onnx.ts';
import type { Model } from '../../src/program/inference-graph.ts';
import { adamw, crossEntropy, type Trainable } from '../../src/train/index.ts';
import { missingModules, runPython } from '../gradients/python.ts';

const missing = missingModules('onnx');
if (missing !== undefined) console.log(`skipped: exported files against the ONNX checker: ${missing}`);

describe.skipIf(missing !== undefined)('the ONNX checker', () => {
  it('accepts gradients, training steps and baked preprocessing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ocelli-checker-'));
    for (const name of ['lenet5', 'resnet18', 'efficientnet_b0']) {
      const model = await getModel(name);
      const preset = await getPreset(name);
      const size = Math.min(preset.crop, 64);
      for (const portable of [true, false]) {
        const write = (what: string, bytes: Uint8Array): void =>
          writeFileSync(join(folder, `${name}-${what}${portable ? '-portable' : ''}.onnx`), bytes);
        const plain = exportOnnx(model as Model, { channels: preset.mean.length, height: size, width: size, dynamic: ['batch'] });
        for (const of of ['logits', 'logits:3', 'logits:top', 'logits:class']) {
          write(`grad-${of.replace(':', '-')}`, (await gradOnnx(plain.model, { wrt: ['input'], of, portable })).model);
        }
        write('pictures', exportOnnx(model as Model, { preprocess: preset, dynamic: ['batch'], portable }).model);
        const step = exportTraining(model as Trainable, {
          inputs: { input: { dtype: 'float32', shape: [2, preset.mean.length, size, size] } },
          targets: { target: { dtype: 'int64', shape: [2] } },
          loss: (logits, { target }) => crossEntropy(logits, target as Value),
          optimizer: adamw(),
          portable,
        });
        write('step', step.onnx.model);
      }
    }
    const verdict = JSON.parse(runPython('check_models.py', folder)) as { checked: number; refused: object };
    rmSync(folder, { recursive: true });
    expect(verdict).toMatchObject({ checked: 36, refused: {} });
  });
});
