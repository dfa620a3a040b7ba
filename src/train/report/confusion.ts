/** The confusion matrix and the shares of right answers per class, as HTML. */
import type { Metrics } from '../metrics.ts';
import { escapeHtml } from './escape.ts';

/** The matrix is drawn for so many classes; beyond, only the commonest confusions are listed. */
const MATRIX_CLASSES = 40;
const LISTED = 15;

/** The matrix, rows the truth and columns the answers; for many classes the commonest confusions. */
export function confusionHtml({ confusion }: Metrics, classes: readonly string[]): string {
  return classes.length <= MATRIX_CLASSES ? matrix(confusion, classes) : commonest(confusion, classes);
}

function matrix(confusion: Metrics['confusion'], classes: readonly string[]): string {
  const head = classes.map((name) => `<th scope="col"><span>${escapeHtml(name)}</span></th>`).join('');
  const rows = confusion.map((row, truth) => {
    const total = row.reduce((sum, n) => sum + n, 0);
    const cells = row.map((count, answer) => {
      const share = total === 0 ? 0 : count / total;
      const kind = answer === truth ? 'right' : 'wrong';
      const text = `${classes[truth]} taken for ${classes[answer]}: ${count} of ${total}`;
      return `<td class="${kind}" style="--share:${share.toFixed(3)}" title="${escapeHtml(text)}">${count === 0 ? '' : count}</td>`;
    });
    return `<tr><th scope="row">${escapeHtml(classes[truth] as string)}</th>${cells.join('')}</tr>`;
  });
  return `<p class="sub">Rows are the truth, columns the answers.</p>
<div class="scroll"><table class="confusion"><thead><tr><td></td>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function commonest(confusion: Metrics['confusion'], classes: readonly string[]): string {
  const pairs = confusion.flatMap((row, truth) =>
    row.flatMap((count, answer) => (answer === truth || count === 0 ? [] : [{ truth, answer, count }])),
  );
  const rows = pairs
    .sort((a, b) => b.count - a.count)
    .slice(0, LISTED)
    .map(
      ({ truth, answer, count }) =>
        `<tr><td>${escapeHtml(classes[truth] as string)}</td><td>${escapeHtml(classes[answer] as string)}</td><td class="number">${count}</td></tr>`,
    );
  const more = pairs.length > LISTED ? `, the ${LISTED} commonest of ${pairs.length}` : '';
  return `<p class="sub">What was taken for what${more}.</p>
<table><thead><tr><th>Truth</th><th>Answer</th><th class="number">Times</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

/** The shares of right answers, the weakest class first. */
export function perClassHtml({ perClass, confusion }: Metrics, classes: readonly string[]): string {
  const rows = perClass
    .map((share, i) => ({
      share,
      name: classes[i] as string,
      count: (confusion[i] as readonly number[]).reduce((a, b) => a + b, 0),
    }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => a.share - b.share)
    .map(
      ({ share, name, count }) =>
        `<tr><td>${escapeHtml(name)}</td><td><div class="bar" style="--share:${share.toFixed(3)}"></div></td>` +
        `<td class="number">${(100 * share).toFixed(1)} %</td><td class="number">${count}</td></tr>`,
    );
  return `<table class="classes"><thead><tr><th>Class</th><th></th><th class="number">Right</th><th class="number">Pictures</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}
