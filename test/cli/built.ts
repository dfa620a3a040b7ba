/** Compiles the sources once into a folder beside the dependencies, and runs the command line from there. */
import { execFile, spawn } from 'node:child_process';
import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root: string = fileURLToPath(new URL('../..', import.meta.url));
const place = `${root}node_modules/.cache/ocelli-cli`;
/** The compiled `ocelli`. */
export const main: string = `${place}/dist/cli/main.js`;

/** Builds what has changed since the last time. */
export async function buildCli(): Promise<void> {
  await mkdir(place, { recursive: true });
  await copyFile(`${root}package.json`, `${place}/package.json`);
  for (const name of ['samples', 'weights']) await symlink(root + name, `${place}/${name}`).catch(() => undefined);
  const args = ['-p', `${root}tsconfig.build.json`, '--outDir', `${place}/dist`, '--tsBuildInfoFile', `${place}/info.json`];
  // Type errors are `npm run check`'s to report; code is emitted all the same.
  await promisify(execFile)(process.execPath, [`${root}node_modules/typescript/bin/tsc`, ...args]).catch(() => undefined);
}

export interface Result {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly stdin?: Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Runs `ocelli` with these arguments in a process of its own. */
export async function cli(args: readonly string[], options: CliOptions = {}): Promise<Result> {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: options.cwd ?? root,
    env: { ...process.env, NO_COLOR: '1', ...options.env },
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.stdin);
  const gather = async (stream: AsyncIterable<Buffer>): Promise<string> => {
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part);
    return Buffer.concat(parts).toString();
  };
  const [stdout, stderr, status] = await Promise.all([
    gather(child.stdout),
    gather(child.stderr),
    new Promise<number>((resolve) => child.on('close', (code, signal) => resolve(code ?? (signal ? 128 : 1)))),
  ]);
  return { status, stdout, stderr };
}
