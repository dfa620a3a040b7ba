/**
 * Writes src/models/manifest.ts: every model builder under src/models/classification, loaded lazily by family.
 *
 *   node scripts/generate-manifest.mjs           writes it
 *   node scripts/generate-manifest.mjs --check   fails when it is out of date
 *
 * A builder is an exported function with a lower-case name, as in torchvision: `export function resnet18(`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const folder = 'src/models/classification';
const target = 'src/models/manifest.ts';

const models = [];
for (const file of readdirSync(folder).sort()) {
  const family = /^([a-z0-9_]+)\.weights\.ts$/.exec(file)?.[1];
  if (!family) continue;
  const source = readFileSync(`${folder}/${family}.ts`, 'utf8');
  for (const [, name] of source.matchAll(/^export function ([a-z0-9_]+)\(/gm)) models.push({ name, family });
}
models.sort((a, b) => (a.name < b.name ? -1 : 1));

const types = models.map(({ name, family }) => `  readonly ${name}: typeof import('./classification/${family}.ts').${name};\n`);
const rows = models.map(({ name, family }) => {
  const builder = `async () => (await import('./classification/${family}.ts')).${name}`;
  const weights = `async () => (await import('./classification/${family}.weights.ts')).weights`;
  return `  ${name}: {\n    family: '${family}',\n    builder: ${builder},\n    weights: ${weights},\n  },\n`;
});
const text = `/** Every model, its family and how to load it. Written by scripts/generate-manifest.mjs. */
import type { WeightsTable } from './weights-entry.ts';

/** The builder functions by name. */
export interface ModelBuilders {
${types.join('')}}

/** How to load a model's builder and its family's weights table; nothing is loaded before it is asked for. */
export interface ManifestEntry<B> {
  readonly family: string;
  builder(): Promise<B>;
  weights(): Promise<WeightsTable>;
}

export const manifest: { readonly [K in keyof ModelBuilders]: ManifestEntry<ModelBuilders[K]> } = {
${rows.join('')}};
`;

if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (readFileSync(target, 'utf8') !== text) {
  console.error(`${target} is out of date: run node scripts/generate-manifest.mjs`);
  process.exitCode = 1;
}
