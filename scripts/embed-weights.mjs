/**
 * Puts the weights of a training run into the package.
 *
 *   npm run embed-weights -- RUN/best.safetensors --entry FASHION_MNIST_V1 --evaluation RUN/evaluation.json
 *
 *   --entry NAME         what the weights are called, DATASET_Vn; an entry of that name is replaced
 *   --evaluation FILE    what `ocelli evaluate RUN --json` printed: its top1 and top5 become the entry's accuracy
 *   --model NAME         default: the model of the run
 *   --dataset NAME       Fashion-MNIST or CIFAR-10; default: the data of the run
 *   --recipe TEXT        where it is written how they were trained; default docs/default-weights.md
 *
 * Floats become float16, and the file goes to `weights` under a name that ends in its hash. Model, data and preprocessing are
 * those of `recipe.json` beside the weights. The entry goes into the model's table, and the file's place into
 * src/models/embedded-weights.ts. DEFAULT is the newest entry that fits the model as its builder makes it, else the newest.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { listsOf } from '../dist/cli/training/lists.js';
import { recipeOf } from '../dist/cli/training/recipe.js';
import { familyOf, getCategories, getModel } from '../dist/models/index.js';
import { countParameters, stateDict } from '../dist/nn/index.js';
import { nodePlatform } from '../dist/platform/node.js';
import { summarize } from '../dist/program/index.js';
import { loadWeights } from '../dist/tasks/index.js';
import { checkPreset, describePreset, presetChannels } from '../dist/transforms/index.js';
import { castTensor, openCheckpoint, writeSafetensors } from '../dist/weights/index.js';
import { families, readTable, writeTable } from './weights-tables.mjs';

/** What `ocelli train --data` calls a data set, its categories, and what its pictures are. */
const datasets = {
  'Fashion-MNIST': {
    data: 'fashion-mnist',
    categories: 'fashion-mnist',
    format: { channels: 1, size: { width: 28, height: 28 } },
  },
  'CIFAR-10': { data: 'cifar10', categories: 'cifar10', format: { channels: 3, size: { width: 32, height: 32 } } },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    entry: { type: 'string' },
    evaluation: { type: 'string' },
    model: { type: 'string' },
    dataset: { type: 'string' },
    recipe: { type: 'string', default: 'docs/default-weights.md' },
  },
});
const [file] = positionals;
if (!file || positionals.length > 1 || !values.entry || !values.evaluation) {
  fail('usage: npm run embed-weights -- RUN/best.safetensors --entry DATASET_Vn --evaluation RUN/evaluation.json');
}
if (!/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*_V\d+$/.test(values.entry)) fail(`--entry ${values.entry}: name it like FASHION_MNIST_V1`);

const recipe = recipeOf({}, JSON.parse(readFileSync(join(dirname(file), 'recipe.json'), 'utf8')));
const model = values.model ?? recipe.model;
if (model !== recipe.model) fail(`the run trained ${recipe.model}, not ${model}`);
const dataset = values.dataset ?? Object.keys(datasets).find((name) => datasets[name].data === recipe.data);
if (!Object.hasOwn(datasets, dataset ?? '')) {
  fail(`the run was trained on "${recipe.data}"; say --dataset ${Object.keys(datasets).join(' or ')}`);
}
const { data, categories } = datasets[dataset];
// Folders and archives of pictures give colour, of whatever size.
const format = recipe.data === data ? datasets[dataset].format : { channels: 3 };
const names = await getCategories(categories);

const preset = presetOf(listsOf(recipe, { format }));
const options = { numClasses: names.length, inChannels: presetChannels(preset) };
const net = await getModel(model, options);
const platform = nodePlatform();
await loadWeights(net, file, { platform });
await checkClasses();

const tensors = [...stateDict(net)].map(([name, value]) => {
  const tensor = value.dtype === 'float32' ? castTensor(value, 'float16') : value;
  if (castTensor(tensor, 'float32').data.some((x) => !Number.isFinite(x))) fail(`${name} has values beyond float16`);
  return { name, dtype: tensor.dtype, shape: tensor.shape, tensor };
});
const bytes = await safetensorsOf(tensors, { format: 'pt', model, dataset });
const hash = platform.sha256();
hash.update(bytes);
const name = `${model}_${dataset.toLowerCase().replace(/\W/g, '_')}-${hash.digest().slice(0, 8)}.safetensors`;

const { top1, top5 } = JSON.parse(readFileSync(values.evaluation, 'utf8'));
if (![top1, top5].every((share) => share >= 0 && share <= 1)) fail(`${values.evaluation} has no shares "top1" and "top5"`);
const shape = (side) => [1, options.inChannels, side, side];
const smallest = Array.from({ length: preset.crop }, (_, i) => i + 1).find((side) => takes(shape(side)));
const entry = {
  name: values.entry,
  model,
  url: `package:${name}`,
  default: false,
  preset,
  meta: {
    numParams: countParameters(net),
    minSize: [smallest, smallest],
    categories,
    recipe: values.recipe,
    accuracy: { 'acc@1': rounded(100 * top1, 3), 'acc@5': rounded(100 * top5, 3) },
    dataset,
    ops: rounded(summarize(net, { inputShape: shape(preset.crop) }).multiplyAdds / 1e9, 6),
    fileSize: rounded(bytes.length / 2 ** 20, 3),
  },
};

const family = familyOf(model);
const table = await readTable(family);
const others = (table[model] ?? []).filter((other) => other.name !== entry.name);
const replaced = (table[model] ?? []).find((other) => other.name === entry.name);
const ordered = [...others, entry];
const plain = await plainChannels();
const byDefault = ordered.findLast(({ preset }) => presetChannels(preset) === plain) ?? entry;
writeTable(family, { ...table, [model]: ordered.map((one) => ({ ...one, default: one === byDefault })) });
mkdirSync('weights', { recursive: true });
writeFileSync(`weights/${name}`, bytes);
const files = await writePlaces();
if (replaced && !files.includes(fileOf(replaced))) rmSync(`weights/${fileOf(replaced)}`, { force: true });

console.log(`weights/${name}  ${(bytes.length / 1000).toFixed(1)} kB`);
console.log(
  `${model} ${entry.name}${byDefault === entry ? ', its DEFAULT' : ''}: ${JSON.stringify(entry.meta.accuracy)} on ${dataset}`,
);
console.log(describePreset(preset));
console.log(`all weights of the package: ${(sizeOf(files) / 1000).toFixed(1)} kB`);

function fail(message) {
  console.error(message);
  process.exit(1);
}

function rounded(value, digits) {
  return Number(value.toFixed(digits));
}

/** The preset that does what a run's evaluation transforms do. */
function presetOf({ evaluationTransforms }) {
  let preset = { kind: 'classification', resize: format.size?.width, crop: format.size?.width, interpolation: 'bilinear' };
  for (const { kind, ...given } of evaluationTransforms) {
    if (kind === 'resize') preset = { ...preset, resize: given.size, interpolation: given.interpolation ?? 'bilinear' };
    else if (kind === 'centerCrop') preset = { ...preset, crop: given.size };
    else if (kind === 'toTensor')
      preset = { ...preset, ...channelsOf(given.order), ...(given.range === 255 ? { range: 255 } : {}) };
    else if (kind === 'normalize') preset = { ...preset, mean: given.mean, std: given.std };
    else fail(`the run's evaluation does "${kind}", which no preset can say`);
  }
  checkPreset(preset);
  return preset;
}

function channelsOf(order) {
  if (format.channels === 1) return { channels: 'gray' };
  return order === 'bgr' ? { channels: 'bgr' } : {};
}

/** The trainer writes the classes, in their order, beside the weights. */
async function checkClasses() {
  const checkpoint = await openCheckpoint(await platform.files.open(file));
  await checkpoint.close();
  const classes = checkpoint.metadata.get('classes');
  if (classes !== undefined && classes !== JSON.stringify(names)) {
    fail(`${file} has the classes ${classes}, ${dataset} has ${JSON.stringify(names)}`);
  }
}

/** A file in memory. */
async function safetensorsOf(tensors, metadata) {
  const parts = [];
  const sink = { write: async (bytes) => void parts.push(bytes.slice()), commit: async () => {}, discard: async () => {} };
  await writeSafetensors(sink, tensors, new Map(Object.entries(metadata)));
  return Buffer.concat(parts);
}

function takes(inputShape) {
  try {
    summarize(net, { inputShape });
    return true;
  } catch {
    return false;
  }
}

/** Input channels of the model as its builder makes it. */
async function plainChannels() {
  const [first] = stateDict(await getModel(model)).values();
  return first.shape[1];
}

function fileOf({ url }) {
  return url.slice('package:'.length);
}

/** Writes where the files of all entries are, and gives their names. */
async function writePlaces() {
  const target = 'src/models/embedded-weights.ts';
  const tables = await Promise.all(families().map(readTable));
  const entries = tables.flatMap((table) => Object.values(table).flat());
  const files = entries
    .filter(({ url }) => url.startsWith('package:'))
    .map(fileOf)
    .sort();
  const rows = files.map((file) => {
    const place = `new URL('../../weights/${file}', import.meta.url),`;
    const line = `  '${file}': () => ${place}`;
    return line.length > 130 ? `  '${file}': () =>\n    ${place}\n` : `${line}\n`;
  });
  const [before] = readFileSync(target, 'utf8').split(' = {');
  writeFileSync(target, `${before} = {${rows.length > 0 ? '\n' : ''}${rows.join('')}};\n`);
  return files;
}

function sizeOf(files) {
  return files.reduce((sum, file) => sum + (existsSync(`weights/${file}`) ? readFileSync(`weights/${file}`).length : 0), 0);
}
