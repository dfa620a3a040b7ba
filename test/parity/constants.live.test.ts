/** What state dicts do not show: eps and momentum of every norm, dropout and stochastic depth of every model are torch's. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getModel, listModels } from '../../src/models/registry.ts';
import { BatchNormNd } from '../../src/nn/layers/batch-norm.ts';
import { Dropout } from '../../src/nn/layers/dropout.ts';
import { StochasticDepth } from '../../src/nn/layers/stochastic-depth.ts';
import { type AnyModule, namedModules } from '../../src/nn/module.ts';
import { Torch, type TorchTensor, whyNoTorch } from './python.ts';

const reason = whyNoTorch();
if (reason) console.log(`Live parity of constants is skipped: ${reason}`);

function constantsOf(module: AnyModule): readonly number[] | undefined {
  if (module instanceof BatchNormNd) return [module.eps, module.momentum];
  if (module instanceof Dropout || module instanceof StochasticDepth) return module.p > 0 ? [module.p] : undefined;
  return 'eps' in module && typeof module.eps === 'number' ? [module.eps] : undefined;
}

describe.skipIf(reason)('constants equal torch', () => {
  let torch: Torch;
  let answers: AsyncGenerator<ReadonlyMap<string, TorchTensor>>;
  beforeAll(() => {
    torch = new Torch('constants.py');
    answers = torch.answers(listModels().map((model) => ({ model })));
  });
  afterAll(() => torch.close());

  it.each(listModels())('%s', async (name) => {
    const torchs: ReadonlyMap<string, TorchTensor> = (await answers.next()).value;
    const ours = [...namedModules(await getModel(name))].flatMap(([path, module]) => {
      const constants = constantsOf(module);
      return constants ? [[path, constants] as const] : [];
    });
    const rounded = (values: Iterable<number>): readonly string[] => Array.from(values, (value) => value.toFixed(12));
    const expected = [...torchs].map(([path, { value }]) => [path, rounded(value.data as Float64Array)]);
    expect(ours.map(([path, values]) => [path, rounded(values)]).sort()).toEqual(expected.sort());
  });
});
