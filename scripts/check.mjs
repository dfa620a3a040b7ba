/** `npm run check`: types, lint, imports, files, package and bundles; prints what is wrong and exits 1 if anything is. */
import { spawnSync } from 'node:child_process';
import { checkBundles } from './check/bundles.mjs';
import { checkFiles } from './check/files.mjs';
import { checkImports } from './check/imports.mjs';

const command = (line) => () => {
  const [program, ...args] = line.split(' ');
  const { status, stdout, stderr } = spawnSync('npx', ['--no-install', program, ...args], { encoding: 'utf8' });
  return status === 0 ? [] : [`${line}\n${stdout}${stderr}`.trim()];
};

const checks = [
  ['types', command('tsc -p tsconfig.json')],
  ['build', command('tsc -p tsconfig.build.json')],
  ['lint and format', command('biome ci --error-on-warnings .')],
  ['imports', checkImports],
  ['files', checkFiles],
  ['publint', command('publint --strict')],
  ['package types', command('attw --pack . --profile esm-only')],
  ['bundles', checkBundles],
];

let failed = 0;
for (const [name, run] of checks) {
  const problems = await run();
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${name}`);
  for (const problem of problems) console.log(problem.replace(/^/gm, '     '));
  if (problems.length > 0) failed++;
}
console.log(`${checks.length - failed} checks passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
