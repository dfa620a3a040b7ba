/** SVG as text: elements, and a white card to draw on, so that a picture reads on light and on dark pages. */

export const escaped = (text) =>
  String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/** Numbers with at most one decimal: enough for pixels, and the same on every machine. */
const shown = (value) => (typeof value === 'number' ? String(Math.round(value * 10) / 10) : escaped(value));

/** `<name a="1">children</name>`; attributes that are undefined are left out. */
export function element(name, attributes = {}, ...children) {
  const pairs = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const head = [name, ...pairs.map(([key, value]) => `${key}="${shown(value)}"`)].join(' ');
  const inside = children.flat().join('');
  return inside ? `<${head}>${inside}</${name}>` : `<${head}/>`;
}

export const INK = '#1f2937';
export const SOFT = '#6b7280';

/** A line of text; `anchor` is start, middle or end. */
export function text(x, y, content, { size = 11, anchor = 'middle', fill = INK, weight, halo } = {}) {
  const outline = halo ? { stroke: '#ffffff', 'stroke-width': 3, 'paint-order': 'stroke', 'stroke-linejoin': 'round' } : {};
  return element(
    'text',
    { x, y, 'font-size': size, 'text-anchor': anchor, fill, 'font-weight': weight, ...outline },
    escaped(content),
  );
}

/** About how wide a text is in a sans-serif font, in pixels; a little more rather than less. */
export function widthOf(content, size = 11) {
  let units = 0;
  for (const letter of String(content))
    units += /[ilj.,:'|!()×·/ ]/.test(letter) ? 0.36 : /[MWmw@%]/.test(letter) ? 0.88 : /[A-Z0-9]/.test(letter) ? 0.64 : 0.57;
  return units * size;
}

/** A whole picture on a white card. `title` is what a screen reader says. */
export function picture(width, height, title, ...children) {
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  const card = element('rect', { x: 0.5, y: 0.5, width: w - 1, height: h - 1, rx: 8, fill: '#ffffff', stroke: '#d1d5db' });
  const attributes = {
    ...{ xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${w} ${h}`, width: w, height: h, role: 'img' },
    'font-family': 'system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif',
  };
  const lines = [element('title', {}, escaped(title)), card, ...children.flat(Number.POSITIVE_INFINITY)];
  return `${element('svg', attributes, '\n', ...lines.map((line) => `${line}\n`))}\n`;
}

/** An arrow head at the end of a line that comes from (x0, y0). */
export function arrowHead(x0, y0, x, y, fill = SOFT) {
  const length = Math.hypot(x - x0, y - y0) || 1;
  const [dx, dy] = [(x - x0) / length, (y - y0) / length];
  const corner = (side) =>
    `${Math.round((x - 6 * dx - side * 3 * dy) * 10) / 10},${Math.round((y - 6 * dy + side * 3 * dx) * 10) / 10}`;
  return element('polygon', { points: `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10} ${corner(1)} ${corner(-1)}`, fill });
}
