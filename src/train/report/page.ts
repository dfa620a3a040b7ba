/** The report of a run: one HTML file that needs nothing else. */
import type { Picture } from '../../platform/image.ts';
import type { Metrics } from '../metrics.ts';
import { lineChart, type Series } from './chart.ts';
import { confusionHtml, perClassHtml } from './confusion.ts';
import { escapeHtml } from './escape.ts';
import { pngDataUrl } from './png.ts';
import { style } from './style.ts';

/** One epoch, as the curves show it. */
export interface ReportEpoch {
  /** From 1. */
  readonly epoch: number;
  readonly learningRate: number;
  readonly train: { readonly loss: number; readonly top1: number };
  readonly validation?: { readonly loss: number; readonly top1: number };
}

/** A wrong answer. */
export interface Mistake {
  readonly picture: Picture;
  readonly name: string;
  readonly truth: string;
  readonly answer: string;
  /** The answer's share, 0 to 1. */
  readonly score: number;
}

export interface Report {
  readonly title: string;
  /** One line under the title. */
  readonly subtitle: string;
  /** The few numbers to see first: a label and a text each. */
  readonly tiles: readonly (readonly [label: string, text: string])[];
  readonly epochs: readonly ReportEpoch[];
  /** The losses of single steps: how far into the epochs, and the loss. */
  readonly losses: readonly (readonly [epoch: number, loss: number])[];
  readonly classes: readonly string[];
  /** The final evaluation and the most confident wrong answers of it. */
  readonly evaluation?: { readonly of: string; readonly metrics: Metrics; readonly mistakes: readonly Mistake[] };
  /** Settings and surroundings, to be read in a table. */
  readonly settings: readonly (readonly [name: string, text: string])[];
}

const percent = (value: number): string => `${Number((100 * value).toFixed(1))} %`;
/** In so many digits that marks close to each other differ. */
const percentMark = (value: number): string => `${Number((100 * value).toPrecision(5))} %`;
/** Three digits, and in so few characters that they fit beside a chart: 0.05, 8e-6. */
const short = (value: number): string =>
  value !== 0 && Math.abs(value) < 1e-3 ? Number(value.toPrecision(3)).toExponential() : `${Number(value.toPrecision(3))}`;

/** The report as HTML text. */
export function reportHtml(report: Report): string {
  const { title, subtitle, tiles, classes, evaluation, settings } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body><main>
<h1>${escapeHtml(title)}</h1>
<p class="sub">${escapeHtml(subtitle)}</p>
<div class="tiles">${tiles.map(([label, text]) => `<div class="tile"><b>${escapeHtml(text)}</b><span>${escapeHtml(label)}</span></div>`).join('')}</div>
${report.epochs.length > 0 ? `<h2>Curves</h2><div class="charts">${curves(report)}</div>` : ''}
${evaluation ? evaluationHtml(evaluation, classes) : ''}
${settings.length > 0 ? settingsHtml(settings) : ''}
</main></body>
</html>
`;
}

function settingsHtml(settings: Report['settings']): string {
  const rows = settings.map(([name, text]) => `<tr><td>${escapeHtml(name)}</td><td>${escapeHtml(text)}</td></tr>`);
  return `<h2>Settings</h2><table class="plain">${rows.join('')}</table>`;
}

function curves({ epochs, losses }: Report): string {
  const line = (name: string, of: (epoch: ReportEpoch) => number | undefined): Series => ({
    name,
    points: epochs.map((epoch) => [epoch.epoch, of(epoch) ?? Number.NaN]),
  });
  const validated = epochs.some(({ validation }) => validation);
  const loss = [
    { name: 'steps', points: losses, faint: true, colour: 0 },
    line('training', ({ train }) => train.loss),
    ...(validated ? [line('validation', ({ validation }) => validation?.loss)] : []),
  ];
  const accuracy = [
    line('training', ({ train }) => train.top1),
    ...(validated ? [line('validation', ({ validation }) => validation?.top1)] : []),
  ];
  return [
    lineChart(loss, { title: 'Loss', xLabel: 'epochs', format: short }),
    lineChart(accuracy, { title: 'Accuracy', xLabel: 'epochs', format: percentMark }),
    lineChart([line('learning rate', ({ learningRate }) => learningRate)], {
      title: 'Learning rate',
      xLabel: 'epochs',
      format: short,
    }),
  ].join('');
}

function evaluationHtml({ of, metrics, mistakes }: NonNullable<Report['evaluation']>, classes: readonly string[]): string {
  const figures = mistakes.map(
    ({ picture, name, truth, answer, score }) =>
      `<figure><img src="${pngDataUrl(picture)}" alt="${escapeHtml(truth)}"><figcaption>${escapeHtml(truth)}<br>` +
      `<b>${escapeHtml(answer)}</b> ${percent(score)}<i>${escapeHtml(name)}</i></figcaption></figure>`,
  );
  return `<h2>Confusion: ${escapeHtml(of)}</h2>
${confusionHtml(metrics, classes)}
<h2>Classes, the weakest first</h2>
${perClassHtml(metrics, classes)}
${figures.length > 0 ? `<h2>The worst mistakes</h2><p class="sub">Wrong answers that the network was surest of: the truth, and its answer.</p><div class="mistakes">${figures.join('')}</div>` : ''}`;
}
