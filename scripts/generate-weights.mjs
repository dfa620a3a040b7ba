/**
 * Writes src/models/classification/<family>.weights.ts and src/models/categories/imagenet.ts from torchvision's own tables.
 *
 *   node scripts/generate-weights.mjs ../shared/reference
 *
 * The folder holds torchvision-weights.json (weight entries and builders as in torchvision's sources) and
 * torchvision-categories.json (category names by list).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { print, readTable, writeTable } from './weights-tables.mjs';

const folder = process.argv[2];
if (!folder) throw new Error('usage: node scripts/generate-weights.mjs FOLDER');
const { weights, builders } = JSON.parse(readFileSync(join(folder, 'torchvision-weights.json'), 'utf8'));
const categories = JSON.parse(readFileSync(join(folder, 'torchvision-categories.json'), 'utf8'));

const references = 'https://github.com/pytorch/vision/tree/main/references/classification';

/** Families by file, and the tables that their entries spread into their meta. */
const families = {
  alexnet: {},
  convnext: { _COMMON_META: { min_size: [32, 32], recipe: `${references}#convnext` } },
  densenet: { _COMMON_META: { min_size: [29, 29], recipe: 'https://github.com/pytorch/vision/pull/116' } },
  efficientnet: {
    _COMMON_META_V1: { min_size: [1, 1], recipe: `${references}#efficientnet-v1` },
    _COMMON_META_V2: { min_size: [33, 33], recipe: `${references}#efficientnet-v2` },
  },
  googlenet: {},
  inception: {},
  mnasnet: { _COMMON_META: { min_size: [1, 1], recipe: 'https://github.com/1e100/mnasnet_trainer' } },
  mobilenetv2: { _COMMON_META: { min_size: [1, 1], num_params: 3504872 } },
  mobilenetv3: { _COMMON_META: { min_size: [1, 1] } },
  regnet: {
    _COMMON_META: { min_size: [1, 1] },
    _COMMON_SWAG_META: { min_size: [1, 1], recipe: 'https://github.com/facebookresearch/SWAG' },
  },
  resnet: { _COMMON_META: { min_size: [1, 1] } },
  shufflenetv2: { _COMMON_META: { min_size: [1, 1], recipe: 'https://github.com/ericsun99/Shufflenet-v2-Pytorch' } },
  squeezenet: { _COMMON_META: { recipe: 'https://github.com/pytorch/vision/pull/49#issuecomment-277560717' } },
  vgg: { _COMMON_META: { min_size: [32, 32], recipe: `${references}#alexnet-and-vgg` } },
};

/**
 * Files of networks that TensorFlow trained on (x - 0.5) / 0.5. torchvision gives their presets ImageNet's mean and deviation, and
 * builds the networks with transform_input, which undoes those and does this. Here the preset says what the file's network takes: so
 * it is right for whatever has the preset and the file but not the builder's options, such as a run or an exported model.
 */
const transformed = ['googlenet', 'inception_v3'];
const centered = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** `partial(ImageClassification, crop_size=224, ...)` as a preset. */
function presetOf(text) {
  const match = /^partial\(ImageClassification, (.*)\)$/.exec(text);
  if (!match) throw new Error(`unknown transforms: ${text}`);
  const given = Object.fromEntries([...match[1].matchAll(/(\w+)=(\([^)]*\)|[^,]+)/g)].map(([, key, value]) => [key, value]));
  const triple = (value) => value.slice(1, -1).split(',').map(Number);
  const known = ['crop_size', 'resize_size', 'interpolation', 'mean', 'std'];
  for (const key of Object.keys(given)) if (!known.includes(key)) throw new Error(`unknown argument: ${key}`);
  return {
    kind: 'classification',
    resize: Number(given.resize_size ?? 256),
    crop: Number(given.crop_size),
    interpolation: (given.interpolation ?? 'InterpolationMode.BILINEAR').replace('InterpolationMode.', '').toLowerCase(),
    mean: given.mean ? triple(given.mean) : imagenet.mean,
    std: given.std ? triple(given.std) : imagenet.std,
  };
}

/** What an object has besides these keys. */
function without(object, keys) {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

function entryOf(model, name, entry, isDefault, spreads) {
  const spread = (entry.meta.__spread ?? []).map((key) => spreads[key]);
  const meta = Object.assign({}, ...spread, entry.meta);
  const [[dataset, accuracy]] = Object.entries(meta._metrics);
  const result = {
    name,
    model,
    url: entry.url,
    default: isDefault,
    preset: { ...presetOf(entry.tr), ...(transformed.includes(model) ? centered : {}) },
    meta: {
      numParams: meta.num_params,
      minSize: meta.min_size,
      categories: 'imagenet',
      recipe: meta.recipe,
      accuracy,
      dataset,
      ops: meta._ops,
      fileSize: meta._file_size,
    },
  };
  for (const [key, value] of Object.entries(result.meta)) if (value === undefined) throw new Error(`${model} ${name}: no ${key}`);
  return result;
}

for (const [family, spreads] of Object.entries(families)) {
  const table = {};
  for (const { file, builder, weights: type } of builders) {
    if (file !== `${family}.py`) continue;
    const { DEFAULT, ...entries } = weights[/\[(\w+)\]/.exec(type)[1]];
    // Entries without categories are files without a classifier, which fit no builder.
    const whole = Object.entries(entries).filter(([, { meta }]) => meta.categories !== null);
    table[builder] = whole.map(([name, entry]) => entryOf(builder, name, entry, name === DEFAULT, spreads));
  }
  // Models that torchvision does not have keep the entries that scripts/embed-weights.mjs gave them.
  writeTable(family, { ...table, ...without(await readTable(family), Object.keys(table)) });
}

const names = categories.imagenet_categories.map((name) => `  ${print(name)},\n`).join('');
const text = `/** The 1000 categories of ImageNet-1K by index, as torchvision names them. Written by scripts/generate-weights.mjs. */
export const categories: readonly string[] = [
${names}];
`;
writeFileSync('src/models/categories/imagenet.ts', text);
