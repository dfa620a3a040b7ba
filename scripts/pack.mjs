/**
 * Builds and packs the package as publishing would, in a folder of its own, so that no stale file of `dist` comes along.
 *
 *   node scripts/pack.mjs FOLDER    prints { folder, tarball, size, unpackedSize, files } as JSON
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundleCli } from './bundle-cli.mjs';
import { declareOperators } from './declare-operators.mjs';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * @param place a folder to fill, beneath the repository where the dependencies are to be found
 * @returns folder: the built package; tarball: its path; size, unpackedSize in bytes; files: paths in the tarball
 * @throws Error with the compiler's output when the sources do not build
 */
export async function packInto(place) {
  const folder = join(resolve(place), 'ocelli');
  mkdirSync(folder, { recursive: true });
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const name of ['package.json', ...files.filter((file) => file !== 'dist' && !file.startsWith('!'))]) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  const tsc = [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json'), '--incremental', 'false'];
  await run(process.execPath, [...tsc, '--tsBuildInfoFile', 'null', '--outDir', join(folder, 'dist')]).catch((error) => {
    throw new Error(`the package does not build:\n${error.stdout}`, { cause: error });
  });
  declareOperators(join(folder, 'dist'));
  await bundleCli(join(folder, 'dist'));
  const pack = ['pack', '--ignore-scripts', '--offline', '--json', '--pack-destination', resolve(place)];
  const { stdout } = await run('npm', pack, { cwd: folder, maxBuffer: 1 << 26, shell: process.platform === 'win32' });
  const [{ filename, size, unpackedSize, files: packed }] = JSON.parse(stdout);
  return { folder, tarball: join(resolve(place), filename), size, unpackedSize, files: packed.map((file) => file.path) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(await packInto(process.argv[2])));
