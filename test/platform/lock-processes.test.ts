/** Locks between real processes, some of which die while holding one. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ocelli-locks-'));
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(import.meta.dirname, 'lock-worker.ts'),
      outDir: folder,
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: 'worker.mjs' } },
    },
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(mode: string, times: number): Promise<number | null> {
  const child = spawn(process.execPath, [join(folder, 'worker.mjs'), folder, String(times), mode], { stdio: 'inherit' });
  return new Promise((resolve) => child.once('exit', resolve));
}

it('four processes count to 100 while three others die holding the lock', async () => {
  writeFileSync(join(folder, 'counter'), '0');
  const runs = [
    run('count', 25),
    run('die', 1),
    run('count', 25),
    run('die', 1),
    run('count', 25),
    run('count', 25),
    run('die', 1),
  ];
  expect(await Promise.all(runs)).toEqual(runs.map(() => 0));
  expect(readFileSync(join(folder, 'counter'), 'utf8')).toBe('100');
  const left = readdirSync(folder).filter((name) => name.startsWith('counter') && name !== 'counter');
  expect(left.filter((name) => name !== 'counter.lock')).toEqual([]);
});
