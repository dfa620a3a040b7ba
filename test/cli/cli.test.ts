/** The command line as scripts use it: outputs, exit statuses, one-line errors, signals. */
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildCli, cli, main, type Result } from './built.ts';
import { sendFile, serve } from './server.ts';

const samples: string = new URL('../../samples/', import.meta.url).pathname;
const data: string = new URL('../../../shared/data/', import.meta.url).pathname;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocelli-cli-'));
  await buildCli();
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

/** Runs without official weights: no cache, and a mirror where nothing listens. */
function offline(args: readonly string[]): Promise<Result> {
  return cli(args, { env: { OCELLI_CACHE: join(folder, 'empty'), OCELLI_WEIGHTS_URL: 'http://127.0.0.1:9/' } });
}

function expectError(result: Result, status: number, message: RegExp): void {
  expect(result.stderr).toMatch(message);
  expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(result.stderr).toMatch(/^ocelli: /);
  expect(result.status).toBe(status);
}

describe('wrong use: status 2, one line', () => {
  test.each([
    [['clasify'], /unknown command 'clasify' \(Did you mean classify\?\)/],
    [['classify', 'x.jpg'], /name the model, --model NAME/],
    [['classify', '--model', 'resnet18'], /missing required argument 'pictures'/],
    [['classify', 'x.jpg', '--model', 'resnet18', '--top', '0'], /whole number of at least 1/],
    [['classify', 'x.jpg', '--model', 'resnet18', '--std', '1,0,1'], /may be zero/],
    [['classify', 'x.jpg', '--model', 'resnet18', '--mean', '1,2'], /three numbers/],
    [['classify', 'x.jpg', '--model', 'resnet18', '--channels', 'xyz'], /one of rgb, bgr/],
    [['classify', 'x.jpg', '--model', 'resnet18', '--sise', '3'], /unknown option '--sise'/],
    [['classify', 'x.jpg', '--model', 'resnet19'], /no model "resnet19"; did you mean resnet18/],
    [['classify', 'x.jpg', '--model', 'resnet18', '--weights', 'IMAGENET9'], /it has IMAGENET1K_V1, and there is no file/],
    [['classify', 'x.jpg', '--model', 'resnet18', '--num-classes', '10'], /published weights have 1000 classes, not 10/],
    [['export', '--model', 'resnet18', '-o', 'x.pb'], /name the output FILE\.onnx/],
    [['export', '--model', 'resnet18', '-o', 'x.onnx', '--dynamic', 'depth'], /one of batch, height, width/],
    [['weights'], /name a command/],
    [['help', 'nope'], /name a command; see `ocelli --help`/],
    [['classify', '', '--model', 'resnet18', '--weights', 'none'], /name is empty/],
    [['classify', 'x.jpg', '--model', 'resnet18', '--weights', ''], /must not be empty/],
    [['weights', 'convert', 'a.pth', 'b.bin'], /name the output .pth/],
    [['models', 'zzz'], /no model matches "zzz"/],
  ])('%j', async (args, message) => {
    expectError(await offline(args), 2, message);
  });
});

describe('failures: status 1, one line', () => {
  test('a weights file that is not there', async () => {
    expectError(await offline(['classify', `${samples}clock.jpg`, '--model', 'resnet18', '--weights', 'no.pth']), 1, /no\.pth/);
  });

  test('no network and nothing cached', async () => {
    const message = /cannot reach 127\.0\.0\.1:9 \(.*\): connect to the network, or set OCELLI_WEIGHTS_URL/;
    expectError(await offline(['classify', `${samples}clock.jpg`, '--model', 'resnet18']), 1, message);
  });

  test('a file that is no checkpoint', async () => {
    const exported = await offline(['export', '--model', 'squeezenet1_1', '--output', join(folder, 's.onnx')]);
    expect(exported).toMatchObject({ status: 0, stdout: expect.stringMatching(/s\.onnx {2}[\d.]+ MB/) });
    expect(exported.stderr).toMatch(/exported untrained; --weights DEFAULT/);
    expectError(await offline(['weights', 'inspect', join(folder, 's.onnx')]), 1, /no checkpoint/);
  });
});

test('help and version', async () => {
  const help = await offline(['--help']);
  expect(help).toMatchObject({ status: 0, stderr: '' });
  for (const command of ['classify', 'export', 'weights', 'models', 'summary', 'doctor']) expect(help.stdout).toContain(command);
  for (const line of help.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect((await offline([])).stdout).toBe(help.stdout);
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  expect((await offline(['--version'])).stdout).toBe(`${version}\n`);
});

describe('models and summary', () => {
  test('the contract of models --json', async () => {
    const { stdout, status } = await offline(['models', 'resnet50', '--json']);
    expect(status).toBe(0);
    expect((JSON.parse(stdout) as { name: string }[]).find(({ name }) => name === 'resnet50')).toEqual({
      name: 'resnet50',
      family: 'resnet',
      params: 25557032,
      weights: [
        { name: 'IMAGENET1K_V1', default: false, accuracy: 76.13, url: expect.stringMatching(/resnet50-0676ba61\.pth$/) },
        { name: 'IMAGENET1K_V2', default: true, accuracy: 80.858, url: expect.stringMatching(/resnet50-11ad3fa6\.pth$/) },
      ],
    });
  });

  test('tables and help fit 80 columns', async () => {
    for (const args of [['models'], ['summary', '--model', 'efficientnet_b0'], ['classify', '--help'], ['export', '--help']]) {
      const { stdout } = await offline(args);
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  test('the contract of summary --json', async () => {
    const { stdout } = await offline(['summary', '--model', 'resnet18', '--json']);
    const summary = JSON.parse(stdout) as { params: number; multiplyAdds: number; layers: object[] };
    expect(Object.keys(summary)).toEqual(['params', 'multiplyAdds', 'activationBytes', 'receptiveField', 'layers']);
    expect(summary).toMatchObject({ params: 11689512, multiplyAdds: 1814073344, receptiveField: [435, 435] });
    expect(Object.keys(summary.layers[0] ?? {}).sort()).toEqual(['multiplyAdds', 'name', 'output', 'params', 'type']);
  });

  test('models for small and for gray pictures: their own size and channels', async () => {
    const lenet = await offline(['summary', '--model', 'lenet5']);
    expect(lenet.stdout).toMatch(/^conv1 +Conv2d +1 x 6 x 28 x 28 /m);
    expect(lenet.stdout).toMatch(/lenet5 at 28 x 28 x 1\n {2}parameters {5}61\.7 k\n {2}multiply-adds {2}417 k/);
    const mini = await offline(['summary', '--model', 'efficientnet_mini', '--json']);
    expect(JSON.parse(mini.stdout)).toMatchObject({ params: 129778, layers: { 0: { output: [1, 16, 32, 32] } } });
    const gray = await offline(['summary', '--model', 'efficientnet_mini', '--in-channels', '1', '--size', '28', '--json']);
    expect(JSON.parse(gray.stdout)).toMatchObject({ params: 129778 - 2 * 16 * 9, layers: { 0: { output: [1, 16, 28, 28] } } });
    const old = await offline(['summary', '--model', 'lenet5_1998']);
    expect(old.stdout).toMatch(/lenet5_1998 at 32 x 32 x 1\n {2}parameters {5}60\.8 k/);
    expectError(
      await offline(['classify', `${samples}clock.jpg`, '--model', 'mobilenet_v1']),
      2,
      /no published weights.*train it/,
    );
    const exported = await offline(['export', '--model', 'lenet5', '-o', join(folder, 'lenet.onnx')]);
    expect(exported).toMatchObject({ status: 0, stdout: expect.stringMatching(/lenet\.onnx {2}24\d kB/) });
    const classified = await offline(['classify', `${samples}clock.jpg`, '--model', 'lenet5', '--weights', 'none', '--top', '1']);
    expect(classified).toMatchObject({ status: 0, stdout: expect.stringMatching(/% {2}class \d$/m) });
    expect(classified.stderr).toBe('lenet5 is untrained: these answers are chance\n');
    const odd = ['classify', `${samples}clock.jpg`, '--model', 'resnet18', '--weights', 'none', '--num-classes', '3'];
    const asGray = await offline([...odd, ...'--channels gray --mean 0.5 --std 0.25 --crop 64 --resize 64'.split(' ')]);
    expect(asGray).toMatchObject({ status: 0, stdout: expect.stringMatching(/class [012]/) });
    expectError(await offline([...odd, '--channels', 'gray']), 2, /mean and std must be one number each for gray/);
  });
});

describe('classify', () => {
  const untrained = ['--model', 'squeezenet1_1', '--weights', 'none', '--num-classes', '7', '--json', '--top', '2'];

  test('files, folders, globs, URLs and standard input, in order; what cannot be read gets an entry', async () => {
    const clock = await readFile(`${samples}clock.jpg`);
    const server = await serve((request, response) => sendFile(request, response, clock));
    const pictures = join(folder, 'pictures');
    await mkdir(join(pictures, 'deep'), { recursive: true });
    await copyFile(`${samples}balloon.jpg`, join(pictures, 'deep', 'b.jpg'));
    await writeFile(join(pictures, 'a.jpg'), clock.subarray(0, 3000));
    await writeFile(join(pictures, 'notes.txt'), 'no picture');
    const args = ['classify', '-', pictures, `${samples}{clock,straw*}.jpg`, `${server.url}x.jpg`, 'gone.png', ...untrained];
    const { status, stdout, stderr } = await cli(args, { stdin: clock });
    await server.close();
    expect(stderr).toBe('');
    expect(status).toBe(1);
    const answers = JSON.parse(stdout) as { file: string; error?: string; top?: Record<string, unknown>[] }[];
    expect(answers.map(({ file }) => file)).toEqual([
      '-',
      join(pictures, 'a.jpg'),
      join(pictures, 'deep', 'b.jpg'),
      `${samples}clock.jpg`,
      `${samples}strawberry.jpg`,
      `${server.url}x.jpg`,
      'gone.png',
    ]);
    expect(answers.map(({ error }) => error !== undefined)).toEqual([false, true, false, false, false, false, true]);
    expect(answers[6]?.error).toMatch(/there is no file gone\.png/);
    const [first] = answers[0]?.top ?? [];
    expect(Object.keys(first ?? {})).toEqual(['index', 'label', 'score', 'logit']);
    expect(first?.label).toBe(`class ${first?.index}`);
    expect(answers[3]?.top).toEqual(answers[5]?.top);
  });

  test('batches give what single pictures give, and labels come from a file', async () => {
    await writeFile(join(folder, 'labels.txt'), 'a\nb\nc\nd\ne\nf\ng\n');
    const labelled = [...untrained, '--labels', join(folder, 'labels.txt')];
    const all = JSON.parse((await offline(['classify', `${samples}*.jpg`, '--batch', '3', ...labelled])).stdout) as object[];
    const one = JSON.parse((await offline(['classify', `${samples}traffic-light.jpg`, ...labelled])).stdout) as object[];
    expect(all).toHaveLength(4);
    const logit = (answer: object | undefined) => (answer as { top: { logit: number; label: string }[] }).top[0];
    expect(logit(all[3])?.logit).toBeCloseTo(logit(one[0])?.logit ?? Number.NaN, 5);
    expect(logit(all[3])?.label).toMatch(/^[a-g]$/);
  });

  const pictures = `${data}imagenet10`;
  const present = existsSync(pictures);
  if (!present) console.log(`skipped: the ImageNet test needs ${pictures}`);

  test.skipIf(!present)('ten ImageNet pictures by SqueezeNet 1.1 as recorded from torchvision', async () => {
    const reference = JSON.parse(await readFile(`${pictures}/squeezenet1_1_reference_top5.json`, 'utf8')) as {
      image: string;
      top5: number[];
      logits: number[];
    }[];
    const flags =
      '--resize 256 --crop 227 --interpolation bilinear --mean 104,117,123 --std 1,1,1 --range 255 --channels bgr --json';
    const weights = ['--model', 'squeezenet1_1', '--weights', `${data}weights/squeezenet1_1_imagenet_fp16.safetensors`];
    const { stdout, status } = await offline(['classify', `${pictures}/*.jpg`, ...weights, ...flags.split(' ')]);
    expect(status).toBe(0);
    const answers = JSON.parse(stdout) as { file: string; top: { index: number; label: string; logit: number }[] }[];
    expect(answers.map(({ file, top }) => [file, top.map(({ index }) => index)])).toEqual(
      reference.map(({ image, top5 }) => [`${pictures}/${image}`, top5]),
    );
    for (const [i, { logits }] of reference.entries()) {
      for (const [k, logit] of logits.entries()) {
        expect(Math.abs((answers[i]?.top[k]?.logit ?? Number.NaN) - logit)).toBeLessThan(1e-3);
      }
    }
    expect(answers[0]?.top[0]?.label).toBe('bull mastiff');
  });
});

describe('weights', () => {
  test('export, convert, inspect and verify a checkpoint', async () => {
    const checkpoint = join(folder, 'tiny.safetensors');
    const header = '{"fc.weight":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}'.padEnd(72);
    const values = new Uint8Array(new Float32Array([1, -2]).buffer);
    await writeFile(checkpoint, Buffer.concat([new Uint8Array(new BigUint64Array([72n]).buffer), Buffer.from(header), values]));
    const pth = join(folder, 'tiny.pth');
    expect((await offline(['weights', 'convert', checkpoint, pth])).status).toBe(0);
    const inspection = JSON.parse((await offline(['weights', 'inspect', pth, '--json'])).stdout) as object;
    const sha256 = createHash('sha256').update(values).digest('hex');
    expect(inspection).toEqual({
      format: 'torch-zip',
      tensors: [{ name: 'fc.weight', dtype: 'float32', shape: [1, 2], sha256 }],
      other: [],
    });
    const rules = join(folder, 'rules.json');
    await writeFile(rules, '{"rules":[{"from":"fc.{t}","to":"head.{t}","transpose":[1,0]},{"drop":"ema"}]}');
    const mapped = await offline(['weights', 'convert', checkpoint, pth, '--map', rules]);
    expect(mapped).toMatchObject({ status: 0, stderr: expect.stringMatching(/rules\.json: rule 2 \(drop ema\) matches no key/) });
    expect((await offline(['weights', 'inspect', pth])).stdout).toMatch(/head\.weight +float32 +\[2, 1\]/);
    await writeFile(rules, 'null');
    expectError(
      await offline(['weights', 'convert', checkpoint, pth, '--map', rules]),
      2,
      /an object { "rules": \[...\] } is expected/,
    );
    const timm = ['weights', 'convert', checkpoint, pth, '--map', 'timm-mobilenetv1'];
    expectError(await offline(timm), 1, /timm-mobilenetv1: no rule matches "fc\.weight"/);
    expectError(
      await offline([...timm.slice(0, -1), 'no.json']),
      2,
      /no rules file no\.json, and no map of that name: Ocelli has timm-/,
    );
    await writeFile(rules, '{"rules":');
    expectError(await offline([...timm.slice(0, -1), rules]), 1, /rules\.json: damaged JSON at character 9/);
    const named = join(folder, 'tiny-00000000.pth');
    await copyFile(pth, named);
    const verified = await offline(['weights', 'verify', named]);
    expect(verified.status).toBe(1);
    expect(verified.stdout).toMatch(/^wrong/);
  });

  test('two processes download one file once, and verify finds it good', async () => {
    const bytes = Uint8Array.from({ length: 500_000 }, (_, i) => i % 251);
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 8);
    const server = await serve((request, response) => setTimeout(() => sendFile(request, response, bytes), 200));
    const env = { OCELLI_CACHE: join(folder, 'cache') };
    const args = ['weights', 'download', `${server.url}net-${hash}.pth`, '--json'];
    const results = await Promise.all([cli(args, { env }), cli(args, { env })]);
    await server.close();
    expect(results.map(({ status }) => status)).toEqual([0, 0]);
    expect(server.seen).toHaveLength(1);
    const rows = results.map(({ stdout }) => (JSON.parse(stdout) as { cached: boolean; size: number }[])[0]);
    expect(rows.map((row) => row?.cached).sort()).toEqual([false, true]);
    expect((await cli(['weights', 'verify'], { env })).stdout).toMatch(/^ok /);
  });
});

describe('the process', () => {
  test('help of one command leaves standard error alone', async () => {
    expect(await offline(['help', 'classify'])).toMatchObject({ status: 0, stderr: '' });
  });

  test('sizes beyond memory are told in words', async () => {
    const args = ['classify', `${samples}clock.jpg`, '--model', 'squeezenet1_1', '--weights', 'none', '--crop', '100000'];
    expectError(await offline(args), 1, /not enough memory for sizes like these/);
  });

  test('names with line breaks stay on one line, and pipes in folders are passed over', async () => {
    const odd = join(folder, 'odd');
    await mkdir(odd);
    await copyFile(`${samples}clock.jpg`, join(odd, 'new\nline.jpg'));
    await promisify(execFile)('mkfifo', [join(odd, 'pipe.jpg')]);
    const args = ['classify', odd, `${odd}/a\nb.jpg`, '--model', 'squeezenet1_1', '--weights', 'none', '--top', '1'];
    const result = await offline(args);
    expectError(result, 1, /there is no file .*a(\?|; )b\.jpg/);
    expect(result.stdout).toMatch(/new\?line\.jpg\n.* % {2}class \d+\n$/);
  });

  test('untrained, every picture is run, however many there are', async () => {
    const args = [
      'start',
      ...Array.from({ length: 9 }, () => `${samples}clock.jpg`),
      '--model',
      'squeezenet1_1',
      '--weights',
      'none',
    ];
    expect((await offline(args)).stdout.match(/1000 logits in/g)).toHaveLength(9);
  });

  test('Ctrl-C stops a command that waits for a picture on standard input', async () => {
    const child = spawn(process.execPath, [main, 'classify', '-', '--model', 'squeezenet1_1', '--weights', 'none']);
    const stop = setInterval(() => child.kill('SIGINT'), 6000);
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => {
      stderr += text.toString();
    });
    const status = await new Promise((resolve) => child.on('close', resolve));
    clearInterval(stop);
    expect([status, stderr]).toEqual([130, 'ocelli: stopped\n']);
  });

  test.skipIf(!existsSync('/dev/full'))('output that cannot be written is a failure with one line', async () => {
    const child = spawn('sh', ['-c', `"${process.execPath}" "${main}" models > /dev/full`]);
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => {
      stderr += text.toString();
    });
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(1);
    expect(stderr).toMatch(/^ocelli: cannot write the output \(.*\)\n$/);
  });

  test('start without weights runs untrained and is content', async () => {
    const { status, stdout, stderr } = await offline(['start', `${samples}*.jpg`]);
    expect(status).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/--weights FILE/);
    expect(stdout).toMatch(/efficientnet_b0, untrained/);
    expect(stdout.match(/1000 logits in [\d.]+ m?s/g)).toHaveLength(4);
    expect(stdout).not.toMatch(/class |%/);
  });

  test('a bare start knows clothes, learns shapes and leaves its report', { timeout: 180_000 }, async () => {
    const { status, stdout } = await offline(['start']);
    expect(status).toBe(0);
    const answers = [...stdout.matchAll(/samples\/clothes\/(\S+)\.png\n +[\d.]+ % {2}(.+)/g)].map(([, file, label]) => [
      file,
      label,
    ]);
    expect(answers).toEqual([
      ['bag', 'Bag'],
      ['boot', 'Ankle boot'],
      ['dress', 'Dress'],
      ['sneaker', 'Sneaker'],
      ['t-shirt', 'T-shirt/top'],
      ['trousers', 'Trouser'],
    ]);
    expect(Number(/([\d.]+) % of 1000 new shapes right/.exec(stdout)?.[1])).toBeGreaterThan(90);
    const report = /^(.*report\.html) /m.exec(stdout)?.[1] ?? '';
    expect(await readFile(report, 'utf8')).toContain('The worst mistakes');
    await rm(join(report, '..'), { recursive: true });
  });

  test('Ctrl-C stops a download with status 130', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write(new Uint8Array(10));
    });
    const child = spawn(process.execPath, [main, 'weights', 'download', `${server.url}slow.pth`], {
      env: { ...process.env, OCELLI_CACHE: join(folder, 'stopped') },
    });
    let stderr = '';
    const status = await new Promise((resolve) => {
      child.stderr.on('data', (text: Buffer) => {
        stderr += text.toString();
        if (stderr.includes('downloading')) child.kill('SIGINT');
      });
      child.on('close', resolve);
    });
    await server.close();
    expect(status).toBe(130);
    expect(stderr).toMatch(/ocelli: stopped\n$/);
  });

  test('a reader that goes away is no failure', async () => {
    const child = spawn('sh', ['-c', `"${process.execPath}" "${main}" models --json | head -c 10`]);
    let output = '';
    child.stdout.on('data', (text: Buffer) => {
      output += text.toString();
    });
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => {
      stderr += text.toString();
    });
    await new Promise((resolve) => child.on('close', resolve));
    expect(output).toHaveLength(10);
    expect(stderr).toBe('');
  });
});
