/** The comparison page: the whole zoo in plots and in one table. */
import { measuredOn, NOTE } from './family-page.mjs';
import { code, right, table } from './markdown.mjs';
import { drawPlot, PALETTE } from './plot.mjs';
import { imagenetOf, milliseconds, short } from './zoo.mjs';

/** The rest of a variant's name without what all of a line's begin with: `b0`, `50`, `x1_0`. */
function shortNames(names) {
  if (names.length < 2) return new Map(names.map((name) => [name, '']));
  let common = names[0];
  for (const name of names) while (!name.startsWith(common)) common = common.slice(0, -1);
  const rest = (name) => name.slice(common.length);
  // Numbers stay whole: squeezenet1_0 and 1_1, densenet121 and 161.
  if (names.some((name) => /^\d/.test(rest(name)))) common = common.replace(/\d+_?$/, '');
  common = common.replace(/(?<=_)[a-z]$/, '');
  const end = names.every((name) => name.endsWith('_bn')) ? -3 : undefined;
  return new Map(
    names.map((name) => [
      name,
      rest(name.slice(0, end))
        .replace(/^_/, '')
        .replace(/^(x?\d)_(\d+)(gf)?$/, '$1.$2$3'),
    ]),
  );
}

/** The lines of one plot: a family is one, but for variants that its text sets apart. */
function seriesOf(families, xOf) {
  return families.flatMap(({ text, models }, i) => {
    const known = models.filter((model) => imagenetOf(model) && xOf(model) !== undefined);
    const lines = new Map();
    for (const model of known.toSorted((a, b) => xOf(a) - xOf(b))) {
      const label = text.lines.find(([part]) => model.name.includes(part))?.[1] ?? text.title;
      lines.set(label, [...(lines.get(label) ?? []), model]);
    }
    return [...lines].map(([label, own]) => {
      const names = shortNames(own.map(({ name }) => name));
      const points = own.map((model) => {
        const { best, least } = imagenetOf(model);
        return { name: `${model.name}: ${best} %`, short: names.get(model.name), x: xOf(model), y: best, least };
      });
      return { label, main: label === text.title, color: PALETTE[i % PALETTE.length], points };
    });
  });
}

const plots = [
  {
    file: 'accuracy-multiply-adds',
    title: 'Accuracy against multiply-adds',
    axis: 'multiply-adds of one picture, 10⁹',
    x: ({ summary }) => summary.multiplyAdds / 1e9,
  },
  {
    file: 'accuracy-parameters',
    title: 'Accuracy against parameters',
    axis: 'parameters, millions',
    x: ({ summary }) => summary.params / 1e6,
  },
  {
    file: 'accuracy-latency',
    title: 'Accuracy against measured latency',
    axis: 'milliseconds for one picture',
    x: ({ latency }) => latency?.ocelli,
  },
];

function comparison(families) {
  const rows = families.flatMap(({ text, family, models }) =>
    models.map((model, i) => {
      const accuracy = imagenetOf(model);
      return [
        ...[i === 0 ? `[${text.title}](${family}.md), ${text.year}` : '', code(model.name), `${model.shape[2]}²`],
        ...[short(model.summary.params), short(model.summary.multiplyAdds)],
        model.latency ? milliseconds(model.latency.ocelli) : '',
        accuracy ? accuracy.best.toFixed(1) : '',
      ];
    }),
  );
  const columns = [
    'family',
    'model',
    right('picture'),
    right('parameters'),
    right('multiply-adds'),
    right('latency, ms'),
    right('top-1, %'),
  ];
  return table(columns, rows);
}

const INTRODUCTION = `Convolutional classifiers from 1998 to 2022, each family with a page that tells its idea, draws it from its graph, and lists what
every variant costs. This page puts them side by side.

The plots tell one story three times. **Depth** came first: AlexNet to VGG, until plain depth stopped paying, then ResNet, whose
shortcuts carried it on, at a price to the right. **Width** was spent cleverly: many paths in GoogLeNet and ResNeXt, few channels that
are kept in DenseNet, depthwise filters in the MobileNets, which moved the whole picture to the left by a factor of ten. **Resolution** is
the third knob, and EfficientNet turns all three at once: its line rises steadily where others flatten. The latest lines, RegNet
and ConvNeXt, ask again what of all this was needed.

Three things to look for. *Parameters and multiply-adds rank the families differently*: VGG's weights and DenseNet's. *Multiply-adds are
not time*: compare the first plot with the third. *And training counts as much as architecture*: where a dotted line hangs from a point, its open
end is the same network with its older, simpler training.`;

function bundles(families, sizes) {
  const kilobytes = (bytes) => (bytes / 1000).toFixed(0);
  const rows = families
    .filter(({ family }) => sizes[family])
    .map(({ family, text }) => [
      text.title,
      code(`ocelli/models/${family}`),
      kilobytes(sizes[family].minified),
      kilobytes(sizes[family].gzip),
    ]);
  return [
    'Importing one family pulls in no other: each is bundled by itself here, as a web application would, minified and then compressed. ' +
      'Beside its own code a bundle holds the modules, layers and initializers that it uses; weights are not part of it, nor is what ' +
      "compiles and runs a model. `npm run check` fails when a family's bundle holds another's code.",
    table(['family', 'import', right('minified, kB'), right('gzip, kB')], rows),
  ];
}

/** The files of the comparison page: `README.md` and its plots. */
export function indexPage(unsorted, sizes) {
  const families = unsorted.toSorted((a, b) => a.text.year - b.text.year || (a.family < b.family ? -1 : 1));
  const files = {};
  const parts = ['# The model zoo', NOTE, INTRODUCTION];
  const measured = measuredOn(families.flatMap(({ models }) => models));
  for (const { file, title, axis, x } of plots) {
    const series = seriesOf(families, x);
    if (series.length === 0) {
      parts.push(`## ${title}`, 'Nothing is measured yet: `npm run bench -- zoo --write`.');
      continue;
    }
    files[`${file}.svg`] = drawPlot(title, axis, series);
    parts.push(`## ${title}`, `![${title}](${file}.svg)`);
    if (file === 'accuracy-latency')
      parts.push(
        `Measured by \`npm run bench -- zoo\`: ${measured}. [Performance](../performance.md) has the comparison with torch and plain ONNX Runtime.`,
      );
  }
  parts.push(
    '## All models',
    comparison(families),
    'Top-1 is of the best published weights that were trained on ImageNet-1K alone, in the plots, too; some RegNets have further ones that saw ' +
      'other pictures before, on their page. Multiply-adds are counted on the graph, for a picture of the size that the model is made for. Parameters ' +
      "are all that a model has, also those that inference leaves out: GoogLeNet's and Inception v3's auxiliary heads and CapsuleNet's decoder.",
  );
  parts.push('## What importing a family costs', ...bundles(families, sizes));
  files['README.md'] = `${parts.join('\n\n')}\n`;
  return files;
}
