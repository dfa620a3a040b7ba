/** A family's page: the idea, the drawings, the layers, and what each variant costs and knows. */
import { drawBlocks } from './block-drawing.mjs';
import { blocksToDraw } from './blocks.mjs';
import { code, right, table } from './markdown.mjs';
import { drawOverview } from './overview-drawing.mjs';
import { stagesOf, unitsOf } from './units.mjs';
import { milliseconds, short } from './zoo.mjs';

export const NOTE = '<!-- Written by `npm run pages`; the text is in scripts/pages/text. -->';

const sizeOf = (shape) => (shape.length === 4 ? `${shape[1]}×${shape[2]}×${shape[3]}` : shape.slice(1).join('×'));
const megabytes = (bytes) => (bytes >= 9.95e6 ? (bytes / 1e6).toFixed(0) : (bytes / 1e6).toFixed(bytes >= 1e6 ? 1 : 2));
const count = (value) => (value === 0 ? '' : value.toLocaleString('en-US'));

/** `features.2.0` or `features.2.0 to .3`. */
function pathsOf({ units }) {
  const paths = [...new Set(units.map(({ path }) => path).filter(Boolean))];
  if (paths.length === 0) return '';
  const [first, last] = [paths[0], paths.at(-1)];
  return first === last ? code(first) : `${code(first)} to ${code(last)}`;
}

function kindOf({ name, detail, stride, repeats, inner, units }) {
  const size = [detail, stride.trim() && `stride ${stride.trim().slice(1)}`].filter(Boolean).join(', ');
  const times = inner && units.length === 1 ? `${repeats} ${inner.name}s` : repeats > 1 ? `${repeats} ×` : '';
  return [times && !inner ? `${times} ${name}` : name, size, inner && units.length === 1 ? times : ''].filter(Boolean).join(', ');
}

function layerTable(stages, input) {
  const rows = stages.map((stage) => [
    pathsOf(stage),
    kindOf(stage),
    sizeOf(stage.output),
    count(stage.params),
    count(stage.multiplyAdds),
  ]);
  const columns = ['module', 'what', 'gives', right('parameters'), right('multiply-adds')];
  return table(columns, [['', 'picture', sizeOf(input), '', ''], ...rows]);
}

function blockStrings(name, { stem, stemStride, blocks, head, activation }) {
  const stages = [`stem ${stem}, stride ${stemStride}, ${activation}`, ...blocks.split(' '), `head ${head}`];
  return `${code(name)} is built from these; [Blocks as strings](../blocks.md) explains them.\n\n\`\`\`\n${stages.join('\n')}\n\`\`\``;
}

function variantTable(models) {
  const rows = models.map(({ name, shape, summary, latency }) => [
    ...[code(name), `${shape[2]}²`, short(summary.params), short(summary.multiplyAdds), megabytes(summary.activationBytes)],
    summary.receptiveField ? [...new Set(summary.receptiveField)].join(' × ') : '',
    latency ? milliseconds(latency.ocelli) : 'not measured',
  ]);
  const columns = [
    'variant',
    right('picture'),
    right('parameters'),
    right('multiply-adds'),
    right('activations, MB'),
    right('receptive field'),
    right('latency, ms'),
  ];
  return table(columns, rows);
}

function weightsTable(models) {
  const rows = models.flatMap(({ name, weights }) =>
    weights.map((entry) => {
      const { accuracy, dataset, fileSize, recipe } = entry.meta;
      return [
        ...[code(name), code(entry.name) + (entry.default ? ' (default)' : ''), dataset],
        ...[
          accuracy['acc@1'].toFixed(2),
          accuracy['acc@5'].toFixed(2),
          fileSize >= 10 ? fileSize.toFixed(0) : fileSize.toFixed(1),
        ],
        `[recipe](${recipe.replace(/^docs\//, '../')})`,
      ];
    }),
  );
  return table(['variant', 'weights', 'data set', right('top-1, %'), right('top-5, %'), right('MiB'), 'trained'], rows);
}

/** When and where latencies were measured, for the models at hand. */
export function measuredOn(models) {
  const runs = new Set(
    models.flatMap(({ latency }) => (latency ? [`${latency.date}, ${latency.machine.split(', load')[0]}`] : [])),
  );
  return [...runs].join('; ');
}

/** The files of a family's page: its text and its drawings, by name. */
export function familyPage(family, text, models) {
  const drawn = models.find(({ name }) => name === text.draw);
  const { graph, modules, multiplyAddsOf } = drawn.open();
  const units = unitsOf(graph, modules, multiplyAddsOf);
  const stages = stagesOf(units);
  const blocks = blocksToDraw(units, graph, modules);
  const files = { [`${drawn.name}.svg`]: drawOverview(`${drawn.name}, from picture to classes`, drawn.shape, stages) };
  const papers = text.papers.map((paper) => `- ${paper}`).join('\n');
  const parts = [`# ${text.title}`, NOTE, text.body, papers];
  parts.push(
    '## The architecture',
    `![${drawn.name} from picture to classes](${drawn.name}.svg)`,
    `${code(drawn.name)}, drawn from its graph. A slab is one layer or block: as high as its map is large, as wide as it has channels (square ` +
      `roots of both); above stands what it gives, channels × side². An arc over a slab is a shortcut around it.`,
  );
  if (blocks.length > 0) {
    files[`${drawn.name}-blocks.svg`] = drawBlocks(`The blocks of ${drawn.name}`, blocks);
    parts.push(
      `### Inside its ${blocks.length > 1 ? 'blocks' : 'block'}`,
      `![The blocks of ${drawn.name}](${drawn.name}-blocks.svg)`,
      'Shapes stand on the arrows where they change; /2 is a stride of 2, the number after a comma is of output channels.',
    );
  }
  if (drawn.blocks) parts.push('### As block strings', blockStrings(drawn.name, drawn.blocks));
  parts.push('### Layer by layer', layerTable(stages, drawn.shape));
  const measured = measuredOn(models);
  parts.push(
    '## Variants',
    variantTable(models),
    'For one picture of the size that the variant is made for. *Activations* are the outputs of all operators; *receptive field* is how many ' +
      "pixels a side one position of the last map sees, gates not counted; *latency* is Ocelli's, " +
      `${measured ? `measured by \`npm run bench -- zoo\` (${measured})` : 'which `npm run bench -- zoo --write` measures'}.`,
  );
  if (models.some(({ weights }) => weights.length > 0)) {
    const without = models.filter(({ weights }) => weights.length === 0).map(({ name }) => code(name));
    parts.push('## Weights', weightsTable(models));
    if (without.length > 0) parts.push(`There are no published weights for ${without.join(', ')}.`);
    parts.push('Accuracies are as published with the weights. [Weights](../weights.md) tells how they are loaded.');
  } else {
    const ways = "is there to be [trained](../training.md), or takes [other people's](../weights.md#other-peoples-keys)";
    parts.push('## Weights', `None are published with it: ${code(models[0].name)} ${ways}.`);
  }
  parts.push('[All families](README.md)');
  files[`${family}.md`] = `${parts.join('\n\n')}\n`;
  return files;
}
