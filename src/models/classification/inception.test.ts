/** GoogLeNet and Inception v3: auxiliary heads that are there when wanted, and follow the number of classes. */
import { describe, expect, it } from 'vitest';
import { BatchNorm2d } from '../../nn/layers/batch-norm.ts';
import { adaptToCheckpoint, checkpointKeys, namedModules } from '../../nn/module.ts';
import { countParameters, stateDictTypes } from '../../nn/state-dict.ts';
import { headsOf, removeHead, replaceHead } from '../../nn/surgery.ts';
import { trace } from '../../nn/trace.ts';
import { traceTrainingStep } from '../../program/training-graph.ts';
import { lossOf } from '../../train/loss-of.ts';
import { sgd } from '../../train/optimizers/sgd.ts';
import { googlenet } from './googlenet.ts';
import { inception_v3 } from './inception.ts';

const picture = (side: number) => ({ input: { dtype: 'float32', shape: [2, 3, side, side] } }) as const;

describe.each([
  { build: googlenet, side: 64, heads: ['aux1', 'aux2'], layers: ['fc', 'aux1.fc2', 'aux2.fc2'], main: 6_624_904 },
  { build: inception_v3, side: 299, heads: ['AuxLogits'], layers: ['fc', 'AuxLogits.fc'], main: 23_834_568 },
])('$build.name', ({ build, side, heads, layers, main }) => {
  const outputs = (model: ReturnType<typeof build>, features: readonly string[]): unknown =>
    trace(model, { inputs: picture(side), features }).outputs.map(({ name, value }) => [name, value.type.shape]);

  it('gives what its heads give when asked, and else leaves them out', () => {
    const model = build({ numClasses: 7 });
    expect(outputs(model, heads)).toEqual(['output', ...heads].map((name) => [name, [2, 7]]));
    const { parameters } = trace(model, { inputs: picture(side) });
    expect(parameters.filter(({ name }) => /^aux/i.test(name))).toEqual([]);
  });

  it('is trained with them, and gets new ones with a new head', () => {
    const model = build();
    expect(headsOf(model)).toEqual(layers);
    expect(replaceHead(model, 3)).toBe('fc');
    expect(outputs(model, heads)).toEqual(['output', ...heads].map((name) => [name, [2, 3]]));
    const targets = { target: { dtype: 'int64', shape: [2] } } as const;
    const options = { inputs: picture(side), targets, optimizer: sgd() };
    const { state } = traceTrainingStep(model, { ...options, ...lossOf(model) });
    const trained = state.filter(({ parameter }) => parameter?.kind === 'parameter').map(({ input }) => input);
    expect(trained).toHaveLength([...stateDictTypes(model).keys()].filter((key) => /(weight|bias)$/.test(key)).length);
  });

  it('can be without them, and leaves them in files that have them', () => {
    const [model, whole] = [build({ auxLogits: false }), build()];
    expect(countParameters(model)).toBe(main);
    expect(model.trainingLoss()).toBeUndefined();
    expect(() => outputs(model, heads)).toThrow(`there is no module "${heads[0]}" to take features from`);
    const keys = [...stateDictTypes(whole).keys()];
    const keyOf = checkpointKeys(model);
    expect(keys.map(keyOf).filter((key) => key !== undefined)).toEqual([...stateDictTypes(model).keys()]);
    expect(keys.map(checkpointKeys(whole))).toEqual(keys);
  });

  it('loses them to a whole file that has none, and to no other', () => {
    const bare = new Map([...stateDictTypes(build({ auxLogits: false }))].map(([key, { shape }]) => [key, shape]));
    const whole = new Map([...stateDictTypes(build())].map(([key, { shape }]) => [key, shape]));
    const model = build();
    adaptToCheckpoint(model, whole);
    adaptToCheckpoint(model, new Map([['conv1.weight', [64, 3, 7, 7]]]));
    expect(countParameters(model)).toBeGreaterThan(main);
    adaptToCheckpoint(model, bare);
    expect([...stateDictTypes(model).keys()]).toEqual([...bare.keys()]);
    expect(model.trainingLoss()).toBeUndefined();
  });

  it('gives embeddings, and takes pictures of other channels unless it is to transform them', () => {
    const model = build();
    const length = removeHead(model);
    expect(outputs(model, [])).toEqual([['output', [2, length]]]);
    const gray = { input: { dtype: 'float32', shape: [1, 1, side, side] } } as const;
    expect(trace(build({ inChannels: 1 }), { inputs: gray }).outputs[0]?.value.type.shape).toEqual([1, 1000]);
    expect(() => build({ inChannels: 1, transformInput: true })).toThrow('pictures of 3 channels, inChannels is 1');
  });

  it('has batch normalizations of eps 0.001, also where only the momentum is set', () => {
    const settings = (model: ReturnType<typeof build>): unknown => [
      ...new Set([...namedModules(model)].flatMap(([, m]) => (m instanceof BatchNorm2d ? [`${m.eps} ${m.momentum}`] : []))),
    ];
    expect(settings(build())).toEqual(['0.001 0.1']);
    expect(settings(build({ norm: { momentum: 0.01 } }))).toEqual(['0.001 0.01']);
  });
});

it("GoogLeNet's third branches have the paper's 5x5 kernels when asked", () => {
  const shape = (model: ReturnType<typeof googlenet>) => stateDictTypes(model).get('inception3a.branch3.1.conv.weight')?.shape;
  expect(shape(googlenet())).toEqual([32, 16, 3, 3]);
  expect(shape(googlenet({ fiveByFive: true }))).toEqual([32, 16, 5, 5]);
  expect(outputsOf(googlenet({ fiveByFive: true }))).toEqual(outputsOf(googlenet()));
});

const outputsOf = (model: ReturnType<typeof googlenet>) =>
  trace(model, { inputs: picture(97), features: ['inception3a', 'inception5b'] }).outputs.map(({ value }) => value.type.shape);

it("Inception v3's auxiliary head says where smaller pictures end", () => {
  const model = inception_v3();
  expect(() => trace(model, { inputs: picture(224), features: ['AuxLogits'] })).toThrow('pictures from 299x299; [12, 12] came');
  expect(trace(model, { inputs: picture(75) }).outputs[0]?.value.type.shape).toEqual([2, 1000]);
});
