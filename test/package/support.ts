/** The packed tarball unpacked as `node_modules/ocelli` of an empty folder, its dependencies linked from the repository's. */
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root: string = fileURLToPath(new URL('../..', import.meta.url));
/** The repository's TypeScript compiler. */
export const tsc: string = join(root, 'node_modules/typescript/bin/tsc');

export interface Result {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with the package installed. */
export interface Installed {
  readonly folder: string;
  /** Runs `node` with these arguments in the folder. */
  node(...args: readonly string[]): Promise<Result>;
  /** Writes a file into the folder and gives its path. */
  write(name: string, text: string): Promise<string>;
  remove(): Promise<void>;
}

/** What `npm install <tarball>` gives with these packages at hand; only they are linked. */
export async function install(tarball: string, packages: readonly string[]): Promise<Installed> {
  // The real path, as bundlers compare paths; macOS has a link at the temporary folder.
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'ocelli-installed-')));
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, 'ocelli'), { recursive: true });
  await promisify(execFile)('tar', ['-xzf', tarball, '--strip-components=1', '-C', join(modules, 'ocelli')]);
  for (const name of packages) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(root, 'node_modules', name), join(modules, name), 'junction');
  }
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  await write('package.json', '{ "name": "user", "private": true, "type": "module" }\n');
  return {
    folder,
    write,
    node: (...args) => node(args, folder),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function node(args: readonly string[], cwd: string): Promise<Result> {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1' } });
  const gather = async (stream: AsyncIterable<Buffer>): Promise<string> => {
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part);
    return Buffer.concat(parts).toString();
  };
  const [stdout, stderr, status] = await Promise.all([
    gather(child.stdout),
    gather(child.stderr),
    new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 1))),
  ]);
  return { status, stdout, stderr };
}
