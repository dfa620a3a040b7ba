/** What was measured of the zoo, kept in results/zoo.json, and the section of docs/performance.md that shows it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { table } from './report.mjs';
import { median } from './rounds.mjs';
import { here } from './worker.mjs';
import { excluded, notes } from './zoo-notes.mjs';

const file = here('results/zoo.json');

/** Results by model, sorted; none before the first run. */
export function readResults() {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

export function writeResults(models) {
  mkdirSync(here('results'), { recursive: true });
  const sorted = Object.fromEntries(
    Object.keys(models)
      .sort()
      .map((name) => [name, models[name]]),
  );
  writeFileSync(file, `${JSON.stringify(sorted, null, 2)}\n`);
}

/** The goals: of every model beside plain ONNX Runtime, and of the median beside torch. */
const TO_PLAIN = 1.05;
const TO_TORCH = 0.7;

const HEAD = [
  ...[
    'model',
    'size',
    'parameters, M',
    'multiply-adds, G',
    'torch ms',
    'plain ms',
    'Ocelli ms',
    'Ocelli / plain',
    'Ocelli / torch',
  ],
  'rounds',
];

/** Milliseconds, and millions or billions, with three digits or so. */
const digits = (value) =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(value >= 0.1 ? 2 : 4);

export function rowOf(name, result) {
  return [
    ...[name, result.size, digits(result.params / 1e6), digits(result.multiplyAdds / 1e9)],
    ...[digits(result.torch), digits(result.plain), digits(result.ocelli)],
    ...[result.toPlain.toFixed(2), result.toTorch.toFixed(2), result.rounds],
  ];
}

/** The machines and days of the results, each with how busy it was, and with how many models it stands for where there are several. */
function measuredOn(results) {
  const runs = new Map();
  for (const { date, machine } of results) {
    const [, before, load, after] = /^(.*), load ([\d.]+) before the run(.*)$/.exec(machine) ?? [];
    const run = `${date}. ${before}${after}`;
    runs.set(run, [...(runs.get(run) ?? []), Number(load)]);
  }
  return [...runs]
    .map(([run, loads]) => {
      const [least, most] = [Math.min(...loads), Math.max(...loads)];
      const count = runs.size > 1 ? `${loads.length} models, ` : '';
      return `${run} (${count}load ${least === most ? least : `${least} to ${most}`} before).`;
    })
    .join(' ');
}

/** A list of the exceptions: those that notes explain, and those that nothing does yet. */
function exceptions(models) {
  const beyond = Object.keys(models).filter(
    (name) => Number(models[name].toPlain.toFixed(2)) > TO_PLAIN || models[name].toTorch > 1,
  );
  const lines = [...new Set([...beyond, ...Object.keys(notes).filter((name) => models[name])])].sort();
  return [
    ...lines.map((name) => `- \`${name}\`: ${notes[name] ?? 'not explained yet.'}`),
    ...Object.entries(excluded).map(([name, reason]) => `- \`${name}\` is left out: ${reason}.`),
  ].join('\n');
}

/** The section of docs/performance.md. */
export function section(models) {
  const results = Object.values(models);
  const names = Object.keys(models).sort();
  const within = results.filter(({ toPlain }) => Number(toPlain.toFixed(2)) <= TO_PLAIN).length;
  const toTorch = median(results.map((result) => result.toTorch)).toFixed(2);
  const toPlain = median(results.map((result) => result.toPlain)).toFixed(2);
  return [
    '## The whole zoo, one picture',
    `\`npm run bench -- zoo\`, ${measuredOn(results)}`,
    "One picture as the model's preset makes it (*size*). Medians of rounds in which the rivals take turns, each model in processes " +
      "of its own; ratios are medians of the ratios within rounds. *plain* is ONNX Runtime on torch's own export; that the two compute the " +
      'same is checked before. A model whose ratio to plain is beyond 1.04 gets as many rounds again, ' +
      'and all of them count.',
    `${within} of ${results.length} models are within ${TO_PLAIN} of plain ONNX Runtime (median ${toPlain}); the median beside torch is ${toTorch}` +
      `, the goal is at most ${TO_TORCH}.`,
    table(
      HEAD,
      names.map((name) => rowOf(name, models[name])),
    ),
    exceptions(models),
  ].join('\n\n');
}
