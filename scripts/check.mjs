/** `npm run check`: types, lint, imports, files, package and bundles; prints what is wrong and exits 1 if anything is. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { checkBundles } from './check/bundles.mjs';
import { checkFiles } from './check/files.mjs';
import { checkImports } from './check/imports.mjs';
import { packInto } from './pack.mjs';

/** What a command of the dependencies prints when it fails; nothing when it does not. */
async function command(line) {
  const [program, ...args] = line.split(' ');
  const bin = program === 'node' ? process.execPath : resolve('node_modules/.bin', program);
  const env = { ...process.env, NO_COLOR: '1' };
  try {
    await promisify(execFile)(bin, args, { env, maxBuffer: 1 << 26, shell: process.platform === 'win32' });
    return [];
  } catch ({ stdout, stderr, message }) {
    return [`${line}\n${stdout ?? ''}${stderr ?? message}`.trim()];
  }
}

mkdirSync('node_modules/.cache', { recursive: true });
const place = mkdtempSync(resolve('node_modules/.cache/ocelli-check-'));
let pack;
const packed = (check) => () => (pack ? check(pack) : ['not looked at, as there is no package']);

const checks = [
  ['types', () => command('tsc -p tsconfig.json')],
  ['lint and format', () => command('biome ci --colors=off --error-on-warnings .')],
  ['imports', checkImports],
  ['files', checkFiles],
  ['manifest', () => command('node scripts/generate-manifest.mjs --check')],
  [
    'package',
    async () => {
      pack = await packInto(place);
      return [];
    },
  ],
  ['publint', packed(({ folder }) => command(`publint --strict --pack false ${folder}`))],
  ['package types', packed(({ tarball }) => command(`attw ${tarball} --profile esm-only --no-emoji --format table-flipped`))],
  ['pages', packed(({ folder }) => command(`node scripts/generate-pages.mjs --check --dist ${join(folder, 'dist')}`))],
  ['bundles', packed(({ folder }) => checkBundles(join(folder, 'dist')))],
];

let failed = 0;
for (const [name, run] of checks) {
  const problems = await Promise.resolve()
    .then(run)
    .catch((error) => [error.message]);
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${name}`);
  for (const problem of problems) console.log(problem.replace(/^/gm, '     '));
  if (problems.length > 0) failed++;
}
rmSync(place, { recursive: true, force: true });
console.log(`${checks.length - failed} checks passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
