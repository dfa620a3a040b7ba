/** Tables on the terminal and in docs/performance.md, with the machine they were measured on. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, totalmem } from 'node:os';
import { here } from './worker.mjs';

const page = here('../docs/performance.md');

/** Threads that both sides get: the processors there are. */
export const threads = cpus().length;

/** How busy the machine was before the run; beyond a few tenths of a core the figures are noise. */
const busy = loadavg()[0].toFixed(1);

/** What the figures depend on, in one line. */
export function machine(torch) {
  const ort = createRequire(import.meta.url)('onnxruntime-node/package.json').version;
  const memory = Math.round(totalmem() / 2 ** 30);
  return (
    `${cpus()[0].model.trim()}, ${cpus().length} cores, ${memory} GiB, ${process.platform}, load ${busy} before the run; Node ${process.versions.node}, ` +
    `ONNX Runtime ${ort}; torch ${torch.torch} and torchvision ${torch.torchvision} (Debian 12), ${torch.threads} threads`
  );
}

/** A Markdown table with padded columns; the first is aligned left, the others right. */
export function table(head, rows) {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, i) => Math.max(...cells.map((row) => row[i].length), 3));
  const line = (row) => `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(cells[0]), rule, ...cells.slice(1).map(line)].join('\n');
}

/** Prints a section and, when asked to, puts it into docs/performance.md between its markers. */
export function publish(name, text, write) {
  console.log(`\n${text}\n`);
  if (!write) return;
  mkdirSync(here('../docs'), { recursive: true });
  const [start, end] = [`<!-- bench ${name} -->`, `<!-- end ${name} -->`];
  const section = `${start}\n${text}\n${end}`;
  let old = '# Performance\n';
  try {
    old = readFileSync(page, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  const [before, rest] = old.split(start);
  writeFileSync(
    page,
    rest === undefined ? `${old.trimEnd()}\n\n${section}\n` : before + section + rest.slice(rest.indexOf(end) + end.length),
  );
  console.log(`Written to docs/performance.md`);
}
