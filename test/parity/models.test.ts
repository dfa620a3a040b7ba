/**
 * Every model against torch's recorded results, with weights that keep activations alive: logits and features within 5 times
 * torch's own float32-float64 gap. All models on odd, non-square pictures where they take any; the light ones also on pictures of
 * their usual size, single and batched.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../src/runtime/ort-node.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { casesOf, featureCaseOf, featuresOf, goldenModels, judge, readGolden } from './goldens.ts';
import { filledModel, runCases } from './run.ts';

/** Models that take little time at their usual size; `npm run parity` runs all of them. */
const light =
  /^(efficientnet_(b[01]|lite0|mini)|lenet5(_1998)?|mnasnet.*|resnet(18|50)|mobilenet_v(2|3_small)|regnet_._400mf|shufflenet_v2_x0_5|squeezenet.*)$/;

/** Variants that take long and whose families have lighter ones; OCELLI_PARITY_ALL=1 runs them too. */
const heavy = /^(convnext_(?!tiny)|regnet_._(8|16|32)gf$)/;
const isRun = (name: string): boolean => process.env.OCELLI_PARITY_ALL === '1' || !heavy.test(name);

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime();
});
afterAll(() => runtime.dispose());

describe('models equal torch', () => {
  it.each(goldenModels().filter(isRun))('%s', { timeout: 240_000 }, async (name) => {
    const golden = readGolden(name);
    const model = await filledModel(name, golden.ranges);
    const features = featuresOf(golden);
    const featureCase = featureCaseOf(name);
    const { odd: _odd, ...full } = casesOf(name);
    for (const portable of [false, true]) {
      // Features keep some batch norms from being folded, so the pictures of usual size are run without.
      const results = [
        ...(await runCases(model, { [featureCase]: casesOf(name)[featureCase] }, { runtime, portable, features })),
        ...(await runCases(model, light.test(name) ? full : {}, { runtime, portable })),
      ];
      for (const [caseName, outputs] of results) {
        for (const [path, result] of Object.entries(outputs)) {
          const expected = golden[caseName]?.[path];
          const where = `${name}${portable ? ', portable' : ''}, ${caseName}, ${path}`;
          if (!expected) throw new Error(`${where}: there is no golden`);
          const { error, spread } = judge(result, expected);
          expect(error, `${where}: error in tolerances`).toBeLessThanOrEqual(1);
          if (caseName !== 'single') expect(spread, `${where}: spread in tolerances`).toBeGreaterThanOrEqual(1000);
        }
      }
    }
  });
});
