/** What pages tell of every model, read from the built package: its graph, what it costs, its published weights, its latency. */
import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const latencies = 'bench/results/zoo.json';

/**
 * The zoo of a built package (`dist` is its folder), by family: models with `name`, `family`, `shape`, `summary`, `weights`,
 * `latency` (the result of its benchmark, or undefined where there is none), `blocks`, and `open()`, which gives graph, modules and costs.
 */
export async function readZoo(dist) {
  const load = (file) => import(pathToFileURL(`${dist}/${file}`).href);
  const [models, program, nn, transforms, { rulesOf }] = await Promise.all([
    ...['models/index.js', 'program/index.js', 'nn/index.js', 'transforms/index.js', 'compiler/ops/table.js'].map(load),
  ]);
  const measured = existsSync(latencies) ? JSON.parse(readFileSync(latencies, 'utf8')) : {};
  const families = new Map();
  for (const name of models.listModels()) {
    const preset = await models.getPreset(name);
    const shape = [1, transforms.presetChannels(preset), preset.crop, preset.crop];
    const model = await models.getModel(name);
    const family = models.familyOf(name);
    const entry = {
      ...{ name, family, shape, weights: await models.getModelWeights(name), latency: measured[name] },
      summary: program.summarize(model, { inputShape: shape }),
      // What it is as block strings, for models that are built from them.
      blocks: models.hasBlocks(model) ? models.blocksOf(model) : undefined,
      open: () => ({
        graph: nn.trace(model, { inputs: { input: { dtype: 'float32', shape } } }),
        modules: new Map(nn.namedModules(model)),
        multiplyAddsOf: (node) => rulesOf(node).cost(node).multiplyAdds,
      }),
    };
    families.set(family, [...(families.get(family) ?? []), entry]);
  }
  for (const list of families.values())
    list.sort((a, b) => a.summary.multiplyAdds - b.summary.multiplyAdds || a.summary.params - b.summary.params);
  return families;
}

/**
 * ImageNet-1K's top-1 accuracies of a model, by weights trained on its pictures alone: of the best entry and of the least. Undefined
 * where there are none.
 */
export function imagenetOf(model) {
  const entries = model.weights.filter(({ name, meta }) => meta.dataset === 'ImageNet-1K' && /^IMAGENET1K_V\d/.test(name));
  if (entries.length === 0) return undefined;
  const accuracies = entries.map(({ meta }) => meta.accuracy['acc@1']);
  return { best: Math.max(...accuracies), least: Math.min(...accuracies) };
}

/** Counts and times in the units that people say: 11.7 M, 1.81 G, 26.1 MB. */
export function short(value) {
  const [unit, divisor] = value >= 999.5e6 ? ['G', 1e9] : value >= 999.5e3 ? ['M', 1e6] : ['k', 1e3];
  const scaled = value / divisor;
  return `${scaled >= 99.95 ? scaled.toFixed(0) : scaled >= 9.995 ? scaled.toFixed(1) : scaled.toFixed(2)} ${unit}`;
}

export const milliseconds = (value) => (value >= 99.5 ? value.toFixed(0) : value >= 9.95 ? value.toFixed(1) : value.toFixed(2));
