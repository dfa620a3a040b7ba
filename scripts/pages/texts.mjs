/** The written part of a family's page: text/<family>.md, which begins with lines of `key: value`. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const pathOf = (family) => `scripts/pages/text/${family}.md`;

/**
 * `{ title, year, draw, lines, papers, body }`: `draw` is the variant that is drawn; `lines` are variants that a plot connects by
 * themselves, each `[part of their names, label]`. Fails saying what to write where a family has none.
 */
export function readText(family, models) {
  const file = fileURLToPath(new URL(`text/${family}.md`, import.meta.url));
  if (!existsSync(file)) {
    throw new Error(
      `${pathOf(family)} is missing: write title, year, draw (the variant to draw) and paper as "key: value" lines, ` +
        'an empty line, and two to four paragraphs on the problem, the idea, and what came of it',
    );
  }
  const [head, ...rest] = readFileSync(file, 'utf8').split('\n\n');
  const pairs = head.split('\n').map((line) => /^(\w+): (.*)$/.exec(line) ?? [line]);
  const one = (key) => {
    const found = pairs.filter(([, name]) => name === key);
    if (found.length !== 1) throw new Error(`${pathOf(family)} must have one line "${key}: ..." before its first empty line`);
    return found[0][2];
  };
  const papers = pairs.filter(([, name]) => name === 'paper').map(([, , value]) => value);
  const known = new Set(['title', 'year', 'draw', 'line', 'paper']);
  const strange = pairs.find(([, name]) => !known.has(name));
  if (strange) throw new Error(`${pathOf(family)}: "${strange[0]}" is not title, year, draw, line or paper`);
  const lines = pairs.filter(([, name]) => name === 'line').map(([, , value]) => value.split(' = '));
  if (papers.length === 0) throw new Error(`${pathOf(family)} names no paper`);
  const text = {
    title: one('title'),
    year: Number(one('year')),
    draw: one('draw'),
    lines,
    papers,
    body: rest.join('\n\n').trim(),
  };
  if (!models.includes(text.draw))
    throw new Error(`${pathOf(family)}: draw names ${text.draw}, which is not one of ${models.join(', ')}`);
  return text;
}
