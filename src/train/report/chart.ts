/** Line charts as SVG text. Chart libraries want a document to draw into or add more than the whole report weighs. */
import { escapeHtml } from './escape.ts';

/** A line of a chart; points without a finite value are left out. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Drawn thin and pale, as the noisy values behind a smooth line; not in the legend. */
  readonly faint?: boolean;
  /** Which colour of the style; default the place among the series that are not faint. */
  readonly colour?: number;
}

export interface ChartOptions {
  readonly title: string;
  readonly xLabel: string;
  /** The text of a y value. */
  readonly format: (value: number) => string;
}

const WIDTH = 520;
const HEIGHT = 260;
const LEFT = 56;
const RIGHT = 12;
const TOP = 34;
const BOTTOM = 36;

/** A chart of all series over one x and one y axis. */
export function lineChart(series: readonly Series[], { title, xLabel, format }: ChartOptions): string {
  const all = series.flatMap(({ points }) => points.filter(isFinitePoint));
  if (all.length === 0) return '';
  // From 0, as a run begins there: charts of one page share the axis, also after a single epoch.
  const xTicks = ticks(Math.min(0, ...all.map(([x]) => x)), Math.max(...all.map(([x]) => x)), 6);
  const sorted = all.map(([, y]) => y).sort((a, b) => a - b);
  const yTicks = ticks(sorted[0] as number, sorted.at(-1) as number, 5);
  const x = scale(xTicks, LEFT, WIDTH - RIGHT);
  const y = scale(yTicks, HEIGHT - BOTTOM, TOP);
  const grid = yTicks.map(
    (value) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}"/>` +
      `<text class="tick" x="${LEFT - 8}" y="${y(value) + 4}" text-anchor="end">${escapeHtml(format(value))}</text>`,
  );
  const xLabels = xTicks.map(
    (value) => `<text class="tick" x="${x(value)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${plain(value)}</text>`,
  );
  let colour = 0;
  const legend: string[] = [];
  const lines = series.map((one) => {
    const own = one.colour ?? colour;
    if (!one.faint) {
      legend.push(
        `<tspan class="c${own}" dx="${legend.length > 0 ? 14 : 0}">●</tspan><tspan dx="4">${escapeHtml(one.name)}</tspan>`,
      );
      colour++;
    }
    const points = one.points.filter(isFinitePoint);
    const path = points.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${x(px)} ${y(py)}`).join('');
    const dots =
      one.faint || points.length > 40
        ? ''
        : points
            .map(
              ([px, py]) =>
                `<circle class="dot c${own}" cx="${x(px)}" cy="${y(py)}" r="2.5"><title>${escapeHtml(`${one.name}, ${plain(px)}: ${format(py)}`)}</title></circle>`,
            )
            .join('');
    return `<path class="line c${own}${one.faint ? ' faint' : ''}" d="${path}"/>${dots}`;
  });
  return (
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(title)}">` +
    `<text class="title" x="${LEFT}" y="18">${escapeHtml(title)}</text>` +
    `<text class="legend" x="${WIDTH - RIGHT}" y="18" text-anchor="end">${legend.join('')}</text>` +
    `${grid.join('')}${xLabels.join('')}` +
    `<text class="tick" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 4}" text-anchor="middle">${escapeHtml(xLabel)}</text>` +
    `${lines.join('')}</svg>`
  );
}

function isFinitePoint([x, y]: readonly [number, number]): boolean {
  return Number.isFinite(x) && Number.isFinite(y);
}

/** Round values from below `low` to above `high`, about `count` of them; steps of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number, count: number): readonly number[] {
  const span = high - low || Math.abs(high) || 1;
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function scale(axis: readonly number[], from: number, to: number): (value: number) => number {
  const low = axis[0] as number;
  const span = (axis.at(-1) as number) - low;
  return (value) => Number((from + ((value - low) / span) * (to - from)).toFixed(1));
}

function plain(value: number): string {
  return value >= 10_000 ? `${Number((value / 1000).toPrecision(4))}k` : `${Number(value.toPrecision(4))}`;
}
