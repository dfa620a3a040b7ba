/** `ocelli doctor`: what this machine offers, and what to do about what it lacks. */
import { randomUUID } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { reportNode } from '../../runtime/ort-node-report.ts';
import { OFFICIAL_WEIGHTS_URL } from '../../weights/official.ts';
import type { Context } from '../context.ts';
import { bytes } from '../format.ts';
import type { Outcome } from '../outcome.ts';
import { readVersion } from '../package-files.ts';

/** One thing looked at. */
interface Finding {
  readonly name: string;
  /** 'warn' costs speed or comfort; 'fail' is in the way. */
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** What to do, where something is to be done. */
  readonly advice?: string;
}

export async function doctor(options: { readonly json?: boolean }, context: Context): Promise<Outcome> {
  const platform = await context.platform();
  const findings = [
    await versions(),
    ...(await backends()),
    await pictures(platform),
    await cache(platform),
    weightsAddress(platform),
  ];
  if (options.json) context.print(JSON.stringify(findings, null, 2));
  else for (const finding of findings) context.print(describe(finding, context));
  return findings.some(({ status }) => status === 'fail') ? 1 : 0;
}

function describe({ name, status, detail, advice }: Finding, { colors }: Context): string {
  const marks = { ok: colors.green('ok  '), warn: colors.yellow('warn'), fail: colors.red('FAIL') };
  const line = `${marks[status]}  ${name.padEnd(10)}  ${detail}`;
  return advice === undefined ? line : `${line}\n${' '.repeat(18)}${advice}`;
}

async function versions(): Promise<Finding> {
  const detail = `ocelli ${await readVersion()}, Node ${process.versions.node}, ${process.platform} ${process.arch}, ${availableParallelism()} cores`;
  return { name: 'versions', status: 'ok', detail };
}

/** What runs without the best back end is slower; without any, nothing runs. */
async function backends(): Promise<Finding[]> {
  const report = await reportNode();
  return report.backends.map((backend): Finding => {
    const name = backend.name === 'ort-node' ? 'native' : 'wasm';
    if (!backend.available) {
      const status = report.chosen === undefined ? 'fail' : 'warn';
      const advice = backend.advice === undefined ? {} : { advice: backend.advice };
      return { name, status, detail: backend.problem ?? 'it does not load', ...advice };
    }
    const threads = backend.threads === 0 ? 'one thread per physical core' : `${backend.threads} threads`;
    const providers = backend.providers ? `, providers ${backend.providers.join(', ')}` : '';
    const chosen = backend.name === report.chosen ? ' (used)' : '';
    return { name, status: 'ok', detail: `ONNX Runtime ${backend.version}, ${threads}${providers}${chosen}` };
  });
}

/** A gray JPEG of one pixel, to see whether JPEG pictures can be decoded. */
const jpeg =
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AVN//2Q==';

async function pictures(platform: Platform): Promise<Finding> {
  try {
    await platform.decodeImage(Buffer.from(jpeg, 'base64'));
    return { name: 'pictures', status: 'ok', detail: 'JPEG, PNG, WebP, GIF, BMP and TIFF' };
  } catch (error) {
    const advice = 'run `npm install sharp`; PNG, GIF and BMP work without it';
    return { name: 'pictures', status: 'warn', detail: messageOf(error), advice };
  }
}

async function cache(platform: Platform): Promise<Finding> {
  const name = 'cache';
  const folder = platform.cacheFolder;
  const size = await sizeOf(join(folder, 'weights'));
  try {
    const probe = join(folder, `probe-${randomUUID()}`);
    const sink = await platform.files.create(probe);
    await sink.commit();
    await platform.files.remove(probe);
    return { name, status: 'ok', detail: `${folder}, ${bytes(size)} of weights` };
  } catch (error) {
    return { name, status: 'warn', detail: messageOf(error), advice: 'set OCELLI_CACHE to a folder that can be written' };
  }
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  let size = 0;
  for (const entry of entries) {
    if (entry.isFile()) size += (await stat(join(entry.parentPath ?? entry.path, entry.name)).catch(() => undefined))?.size ?? 0;
  }
  return size;
}

function weightsAddress(platform: Platform): Finding {
  const mirror = platform.setting('OCELLI_WEIGHTS_URL');
  const name = 'weights';
  if (mirror === undefined) return { name, status: 'ok', detail: `downloaded from ${OFFICIAL_WEIGHTS_URL}` };
  const valid = URL.canParse(mirror) && /^https?:$/.test(new URL(mirror).protocol);
  return valid
    ? { name, status: 'ok', detail: `downloaded from the mirror ${mirror}` }
    : {
        name,
        status: 'fail',
        detail: `OCELLI_WEIGHTS_URL is "${mirror}"`,
        advice: 'set it to an address that begins with http:// or https://',
      };
}
