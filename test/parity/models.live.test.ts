/**
 * Models against torch run beside it: all values of logits and features, single, odd-sized and batched pictures. Of families that
 * are heavy one model, unless OCELLI_PARITY_ALL=1 asks for all.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { casesOf, featureCaseOf, featuresOf, GAPS, goldenModels, readGolden, spreadOf } from './goldens.ts';
import { compare, Torch, type TorchTensor, whyNoTorch } from './python.ts';
import { filledModel, runCases } from './run.ts';

/** Variants whose families have lighter ones here; OCELLI_PARITY_ALL=1 runs them too. */
const heavy =
  /^(convnext_(?!tiny)|efficientnet_lite[123]$|vgg(?!11_bn$)|shufflenet_v2_x(1_5|2_0)$|densenet(?!121$)|regnet_.*(800mf|gf)$)/;
const isRun = (name: string): boolean => process.env.OCELLI_PARITY_ALL === '1' || !heavy.test(name);

const reason = whyNoTorch();
if (reason) console.log(`Live parity of models is skipped: ${reason}`);

describe.skipIf(reason)('models equal torch live', () => {
  const names = goldenModels().filter(isRun);
  let runtime: Runtime;
  let torch: Torch;
  let answers: AsyncGenerator<ReadonlyMap<string, TorchTensor>>;
  beforeAll(async () => {
    runtime = await nodeRuntime();
    torch = new Torch();
    console.log(`torch ${await torch.version}`);
    answers = torch.answers(names.map((model) => ({ model, cases: Object.keys(casesOf(model)) })));
  });
  afterAll(async () => {
    torch.close();
    await runtime.dispose();
  });

  it.each(names)('%s', async (name) => {
    const expected: ReadonlyMap<string, TorchTensor> = (await answers.next()).value;
    const golden = readGolden(name);
    const model = await filledModel(name, golden.ranges);
    const features = featuresOf(golden);
    const featureCase = featureCaseOf(name);
    const { odd: _odd, ...full } = casesOf(name);
    for (const portable of [false, true]) {
      const results = [
        ...(await runCases(model, { [featureCase]: casesOf(name)[featureCase] }, { runtime, portable, features })),
        ...(await runCases(model, full, { runtime, portable })),
      ];
      let worst = 0;
      let worstAt = '';
      for (const [caseName, outputs] of results) {
        for (const [path, result] of Object.entries(outputs)) {
          const torchs = expected.get(`${caseName}/${path}`);
          if (!torchs) throw new Error(`${name}, ${caseName}: torch gave no ${path}`);
          const { error } = compare(result, torchs);
          if (error >= worst) [worst, worstAt] = [error, `${caseName} ${path}`];
          if (caseName === 'single') continue;
          const spread = spreadOf(result) / (GAPS * torchs.gap);
          expect(spread, `${caseName}, ${path}: spread over pictures in tolerances`).toBeGreaterThanOrEqual(1000);
        }
      }
      console.log(`${name}${portable ? ', portable' : ''}: worst error ${worst.toFixed(2)} tolerances (${worstAt})`);
      expect(worst, worstAt).toBeLessThanOrEqual(1);
    }
  });
});
