/** Auxiliary heads in training, on the batch's own statistics, and the input that GoogLeNet and Inception v3 transform. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emitOnnx } from '../../src/compiler/onnx/emit.ts';
import { getModel } from '../../src/models/registry.ts';
import { stateDict } from '../../src/nn/state-dict.ts';
import { trace } from '../../src/nn/trace.ts';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import { fillModel, pictures } from './fill.ts';
import { readGolden } from './goldens.ts';
import { compare, Torch, whyNoTorch } from './python.ts';

const reason = whyNoTorch();
if (reason) console.log(`Live parity of auxiliary heads is skipped: ${reason}`);

describe.skipIf(reason)('auxiliary heads equal torch in training', () => {
  let torch: Torch;
  beforeAll(() => {
    torch = new Torch('heads.py');
  });
  afterAll(() => torch.close());

  it.each([
    { model: 'googlenet', options: { dropout: 0, dropoutAux: 0 }, features: ['aux1', 'aux2'], shape: [8, 3, 80, 64] },
    { model: 'inception_v3', options: { dropout: 0 }, features: ['AuxLogits'], shape: [4, 3, 299, 299] },
  ] as const)('$model', async ({ model, options, features, shape }) => {
    const expected = await torch.ask({ model, shape });
    const net = await getModel(model, { ...options, transformInput: true });
    fillModel(net, readGolden(model).ranges);
    const inputs = { input: { dtype: 'float32', shape } } as const;
    const graph = trace(net, { mode: 'training', inputs, features, output: 'logits' });
    await using runtime = await nodeRuntime();
    const onnx = emitOnnx(graph, { target: runtime.target, parameters: stateDict(net), externalFile: 'weights' });
    await using session = await runtime.load(onnx, { optimize: false });
    const outputs = await session.run({ input: pictures('input', shape) });
    const errors = [...expected].map(([path, torchs]) => {
      const output = outputs[path];
      if (!output) throw new Error(`${model} gave no ${path}`);
      return [path, compare(output, torchs).error] as const;
    });
    console.log(`${model}: errors in tolerances ${errors.map(([path, error]) => `${path} ${error.toFixed(2)}`).join(', ')}`);
    expect(errors.map(([path]) => path).sort()).toEqual([...features, 'logits'].sort());
    for (const [path, error] of errors) expect(error, path).toBeLessThanOrEqual(1);
  });
});
