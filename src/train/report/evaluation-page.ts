/** The page of an evaluation: what a model got right, what it confuses, and its surest mistakes. */
import type { Dataset } from '../../data/dataset.ts';
import type { Evaluation } from '../evaluate.ts';
import { reportHtml } from './page.ts';
import { smallPicture } from './small-picture.ts';

/** One HTML file that needs nothing else. */
export function evaluationPage({ metrics, mistakes }: Evaluation, dataset: Dataset, title: string): string {
  const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
  return reportHtml({
    title,
    subtitle: `${metrics.count} pictures, ${dataset.classes.length} classes`,
    tiles: [
      ['right', percent(metrics.top1)],
      ['right within five', percent(metrics.top5)],
      ['loss', metrics.loss.toFixed(4)],
    ],
    epochs: [],
    losses: [],
    classes: dataset.classes,
    evaluation: {
      of: dataset.name,
      metrics,
      mistakes: mistakes.map((mistake) => ({ ...mistake, picture: smallPicture(mistake.picture) })),
    },
    settings: [],
  });
}
