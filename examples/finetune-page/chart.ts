/** A small chart of lines that grow. */

const WIDTH = 320;
const HEIGHT = 150;
const MARGIN = { left: 40, right: 8, top: 8, bottom: 18 };

type Series = 'train' | 'held';
type Point = readonly [x: number, y: number];

export interface ChartOptions {
  /** The top of the y axis; without it, what the largest value needs. */
  readonly top?: number;
  readonly format: (value: number) => string;
}

function svg(tag: string, attributes: Readonly<Record<string, string | number>>, text = ''): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.textContent = text;
  return element;
}

export class Chart {
  readonly #root: HTMLElement;
  readonly #options: ChartOptions;
  #points: Record<Series, Point[]> = { train: [], held: [] };
  #end = 1;
  #drawing = false;

  constructor(root: HTMLElement, options: ChartOptions) {
    this.#root = root;
    this.#options = options;
    root.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
    this.clear(1);
  }

  /** Empty, with an x axis from 0 to `end`. */
  clear(end: number): void {
    this.#points = { train: [], held: [] };
    this.#end = end;
    this.#draw();
  }

  add(series: Series, x: number, y: number): void {
    this.#points[series].push([x, y]);
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#drawing = false;
    const { format } = this.#options;
    const all = [...this.#points.train, ...this.#points.held];
    const top = this.#options.top ?? Math.max(1e-6, ...all.map(([, y]) => y)) * 1.05;
    const x = (value: number): number => MARGIN.left + (value / this.#end) * (WIDTH - MARGIN.left - MARGIN.right);
    const y = (value: number): number => HEIGHT - MARGIN.bottom - (value / top) * (HEIGHT - MARGIN.top - MARGIN.bottom);
    const parts: SVGElement[] = [];
    for (const share of [0, 0.5, 1]) {
      const at = y(share * top);
      parts.push(svg('line', { class: 'grid', x1: MARGIN.left, x2: WIDTH - MARGIN.right, y1: at, y2: at }));
      parts.push(svg('text', { x: MARGIN.left - 5, y: at + 3, 'text-anchor': 'end' }, format(share * top)));
    }
    const step = Math.max(1, Math.ceil(this.#end / 8));
    for (let epoch = 0; epoch <= this.#end; epoch += step) {
      parts.push(svg('text', { x: x(epoch), y: HEIGHT - 4, 'text-anchor': 'middle' }, String(epoch)));
    }
    for (const [series, points] of Object.entries(this.#points)) {
      const places = points.map(([px, py]) => `${x(px).toFixed(1)},${y(Math.min(py, top)).toFixed(1)}`);
      parts.push(svg('polyline', { class: series, points: places.join(' ') }));
      const last = places.at(-1)?.split(',');
      if (last) parts.push(svg('circle', { class: series, cx: last[0] ?? 0, cy: last[1] ?? 0, r: 2.8 }));
    }
    this.#root.replaceChildren(...parts);
  }
}
