/** `ocelli train` as a process: killed at any moment and resumed it ends with the same weights; wrong use is told in one line. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { watch } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomUniform, streamKey } from '../../src/base/random.ts';
import { encodePng } from '../../src/train/report/png.ts';
import { buildCli, cli, main } from './built.ts';

let folder: string;
beforeAll(async () => {
  await buildCli();
  folder = await mkdtemp(join(tmpdir(), 'ocelli-cli-train-'));
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A small training that writes a checkpoint after every step. */
const arguments_ = (output: string): string[] => [
  ...['train', '--data', 'shapes', '--model', 'lenet5', '--size', '28', '--epochs', '1', '--batch', '256', '--lr', '0.02'],
  ...['--validation', '0.05', '--checkpoint-seconds', '0', '--seed', '3', '-o', output],
];

function start(output: string, resume: boolean): ChildProcess {
  return spawn(process.execPath, [main, ...arguments_(output), ...(resume ? ['--resume'] : [])], { stdio: 'ignore' });
}

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.on('exit', (code) => resolve(code)));

/** Resolves when the run in a folder has written its first checkpoint. */
async function begun(output: string): Promise<void> {
  for (;;) {
    if (await readFile(join(output, 'checkpoint.json')).catch(() => undefined)) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Resolves when a checkpoint's tensors are being written aside. */
function writing(output: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(output, (_event, name) => {
      if (!/^\.checkpoint-.*\.part$/.test(name ?? '')) return;
      watcher.close();
      resolve();
    });
  });
}

/** Folders of eight pictures for each class, the first class the darkest. */
async function writePictures(path: string, classes: readonly string[]): Promise<void> {
  for (const [label, name] of classes.entries()) {
    await mkdir(join(path, name), { recursive: true });
    for (let i = 0; i < 8; i++) {
      const data = new Uint8Array(28 * 28 * 3).fill(100 * label + 5 * i);
      await writeFile(join(path, name, `${i}.png`), encodePng({ width: 28, height: 28, channels: 3, data }));
    }
  }
}

const hashOf = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

describe('ocelli train', () => {
  it('killed at eight moments, one inside the writing of a checkpoint, ends with the weights of a run that was not', {
    timeout: 300_000,
  }, async () => {
    const whole = join(folder, 'whole');
    expect((await cli(arguments_(whole))).status).toBe(0);
    const output = join(folder, 'killed');
    const key = streamKey(1, 'kill');
    let kills = 0;
    for (; kills < 8; kills++) {
      const child = start(output, kills > 0);
      const end = ended(child);
      await Promise.race([begun(output), end]);
      const moment =
        kills === 3 ? writing(output) : new Promise((resolve) => setTimeout(resolve, 60 * randomUniform(key, kills)));
      await Promise.race([moment, end]);
      if (!child.kill('SIGKILL')) break;
      expect(await end, `kill ${kills}`).toBe(null);
    }
    expect(kills).toBe(8);
    expect(await ended(start(output, true))).toBe(0);
    expect(await hashOf(join(output, 'model.pth'))).toBe(await hashOf(join(whole, 'model.pth')));
    const log = (path: string): Promise<string> => readFile(join(path, 'log.jsonl'), 'utf8');
    const steps = async (path: string): Promise<string[]> =>
      (await log(path)).split('\n').filter((line) => line.includes('"step"') && !line.includes('"epoch","'));
    expect(await steps(output)).toEqual(await steps(whole));
  });

  it('says in one line what is wrong', { timeout: 120_000 }, async () => {
    const cases: [string[], number, RegExp][] = [
      [['train', '--data', 'shapes', '--model', 'lenet5'], 2, /required option '-o, --output <folder>'/],
      [['train', '--model', 'lenet5', '-o', join(folder, 'x')], 2, /name the data/],
      [
        ['train', '--data', 'nowhere', '--model', 'lenet5', '-o', join(folder, 'x')],
        2,
        /no data set, folder or archive "nowhere"/,
      ],
      [['train', '--data', 'shapes', '--model', 'lenet', '-o', join(folder, 'x')], 2, /did you mean lenet5/],
      [
        ['train', '--data', 'shapes', '--model', 'lenet5', '--size', '28', '--batch', '9000', '-o', join(folder, 'x')],
        2,
        /fewer than a batch of 9000/,
      ],
      [
        ['train', '--data', 'shapes', '--model', 'lenet5', '--validation', '1.5', '-o', join(folder, 'x')],
        2,
        /validation is a share/,
      ],
      [['train', '--data', 'shapes', '--model', 'lenet5', '--optimizer', 'lion', '-o', join(folder, 'x')], 2, /one of sgd/],
      [['evaluate', join(folder, 'nothing')], 1, /cannot read .*recipe\.json/],
    ];
    await mkdir(join(folder, 'config'), { recursive: true });
    const config = join(folder, 'config', 'bad.json');
    await writeFile(config, '{ "data": "shapes", "model": "lenet5", "epoch": 3 }');
    cases.push([['train', '--config', config, '-o', join(folder, 'x')], 2, /unknown option "epoch"/]);
    for (const [args, status, message] of cases) {
      const result = await cli(args);
      expect(result.stderr.trim().split('\n').length, args.join(' ')).toBe(1);
      expect(result.stderr).toMatch(message);
      expect(result.status, args.join(' ')).toBe(status);
    }
  });

  it('classifies with what a run left in its folder', { timeout: 120_000 }, async () => {
    const clock = new URL('../../samples/clock.jpg', import.meta.url).pathname;
    const { status, stdout, stderr } = await cli(['classify', clock, '--run', join(folder, 'whole'), '--top', '8', '--json']);
    expect([status, stderr]).toEqual([0, '']);
    const [{ top }] = JSON.parse(stdout) as [{ top: { label: string; score: number }[] }];
    const names = ['arrow', 'circle', 'cross', 'heart', 'ring', 'square', 'star', 'triangle'];
    expect(top.map(({ label }) => label).sort()).toEqual(names);
    expect(top.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 5);
    const none = await cli(['classify', clock, '--run', folder]);
    expect([none.status, none.stderr]).toEqual([1, expect.stringMatching(/^ocelli: .* is no folder of a training.*\n$/)]);
  });

  it('evaluates a run by the name of its folder', { timeout: 120_000 }, async () => {
    const whole = join(folder, 'whole');
    const report = join(folder, 'mistakes.html');
    const { status, stdout } = await cli(['evaluate', whole, '--json', '--report', report]);
    expect(status).toBe(0);
    const { count, perClass, top1 } = JSON.parse(stdout) as { count: number; top1: number; perClass: unknown[] };
    expect([count, perClass.length]).toEqual([2000, 8]);
    expect(top1).toBeGreaterThan(0.12);
    expect(await readFile(report, 'utf8')).toMatch(/^<!doctype html>[\s\S]*data:image\/png;base64,[\s\S]*<\/html>\n$/);
  });

  it('of a folder without a test part, evaluates what the run held back, of the same classes alone', {
    timeout: 120_000,
  }, async () => {
    const pictures = join(folder, 'pictures');
    await writePictures(pictures, ['dark', 'light']);
    const run = join(folder, 'folder-run');
    const config = join(folder, 'share.json');
    await writeFile(config, JSON.stringify({ data: pictures, model: 'lenet5', size: 28, batch: 4, epochs: 1, validation: 0.25 }));
    expect(await cli(['train', '--config', config, '-o', run])).toMatchObject({ status: 0 });
    const count = async (...more: string[]): Promise<number> =>
      (JSON.parse((await cli(['evaluate', run, '--json', ...more])).stdout) as { count: number }).count;
    expect([await count(), await count('--split', 'train'), await count('--data', `${pictures}/`)]).toEqual([4, 16, 16]);

    await writePictures(join(folder, 'others'), ['bright', 'dark']);
    await writePictures(join(folder, 'three'), ['bright', 'dark', 'light']);
    const train = ['train', '--data', pictures, '--model', 'lenet5', '--batch', '4', '-o', join(folder, 'x')];
    const cases: [string[], RegExp][] = [
      [['evaluate', run, '--data', join(folder, 'others')], /class 0 of the data is "bright", of the weights "dark"/],
      [
        ['evaluate', run, '--data', join(folder, 'three')],
        /have 2 classes, the data has 3: evaluate them on data of the same classes/,
      ],
      [['evaluate', run, '--report', 'page.txt'], /name the report FILE.html/],
      [[...train, '--size', '28', '--validation', 'test'], /no folder "test" or "val" to validate with/],
      [train, /pictures came in 224 × 224, --size sets that/],
      [[...train, '--size', '28', '--batch', '64', '--schedule', 'one-cycle'], /fewer than a batch of 64/],
    ];
    for (const [args, message] of cases) {
      const { status, stderr } = await cli(args);
      expect(stderr.trim().split('\n').length, args.join(' ')).toBe(1);
      expect(stderr).toMatch(message);
      expect(status, args.join(' ')).toBe(2);
    }
  });

  it.each([
    ['SIGINT', 130, []],
    ['SIGTERM', 143, ['--recompute']],
  ] as const)('stopped by %s, says in one line how to go on, and goes on', { timeout: 120_000 }, async (signal, status, more) => {
    const output = join(folder, signal);
    const child = spawn(process.execPath, [main, ...arguments_(output)], { stdio: ['ignore', 'ignore', 'pipe'] });
    let told = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      told += text;
    });
    const end = ended(child);
    await Promise.race([begun(output), end]);
    child.kill(signal);
    expect(await end).toBe(status);
    expect(told).toBe(`ocelli: stopped; go on with: ocelli train --output ${output} --resume\n`);
    const resumed = await cli(['train', '--output', output, '--resume', ...more]);
    expect(resumed).toMatchObject({ status: 0 });
    expect(resumed.stdout).toMatch(/about \d+ MB of memory; goes on after step [1-9]/);
  });
});
