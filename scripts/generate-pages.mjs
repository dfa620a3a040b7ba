/**
 * Writes docs/models: a page for every family, its drawings, and the comparison of the whole zoo, with the size of each family bundled
 * by itself, which it measures.
 *
 *   node scripts/generate-pages.mjs                        writes them from the built package in dist
 *   node scripts/generate-pages.mjs --check [--dist DIR]   fails when a page is not what it would write
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { measureFamilies, recordedFamilies, recordFamilies } from './check/bundles.mjs';
import { familyPage } from './pages/family-page.mjs';
import { indexPage } from './pages/index-page.mjs';
import { readText } from './pages/texts.mjs';
import { readZoo } from './pages/zoo.mjs';

const folder = 'docs/models';
const { values } = parseArgs({ options: { check: { type: 'boolean' }, dist: { type: 'string', default: 'dist' } } });

const zoo = await readZoo(resolve(values.dist));
const families = [...zoo].map(([family, models]) => ({
  ...{ family, models },
  text: readText(
    family,
    models.map(({ name }) => name),
  ),
}));
if (!values.check) recordFamilies(await measureFamilies(resolve(values.dist)));
const files = Object.assign(
  indexPage(families, recordedFamilies()),
  ...families.map(({ family, text, models }) => familyPage(family, text, models)),
);

mkdirSync(folder, { recursive: true });
const old = readdirSync(folder).filter((file) => !Object.hasOwn(files, file));
if (values.check) {
  const differ = Object.keys(files).filter(
    (file) => !existsSync(`${folder}/${file}`) || readFileSync(`${folder}/${file}`, 'utf8') !== files[file],
  );
  if (differ.length > 0 || old.length > 0) {
    console.error(`Out of date in ${folder}: ${[...differ, ...old].join(', ')}. Run npm run pages.`);
    process.exitCode = 1;
  }
} else {
  for (const file of old) rmSync(`${folder}/${file}`);
  for (const [file, text] of Object.entries(files)) writeFileSync(`${folder}/${file}`, text);
  console.log(`${families.length} families, ${Object.keys(files).length} files in ${folder}`);
}
