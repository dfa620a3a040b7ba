/** Threads for tests, which run from TypeScript sources: the scripts are compiled and bundled into files first. */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';
import { nodeThreads } from '../../src/platform/node-threads.ts';
import type { Threads } from '../../src/platform/platform.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Bundles these scripts of `src`; gives the folder. */
export async function bundleScripts(scripts: Readonly<Record<string, string>>): Promise<URL> {
  // Inside the project, so that the packages the scripts import are found; one per process, so that none reads half a file.
  const outDir = `${root}node_modules/.cache/data-threads-${process.pid}`;
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: [], external: true },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: true,
      rollupOptions: { input: scripts, output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' } },
    },
  });
  return pathToFileURL(`${outDir}/`);
}

/** Node's threads, started from the bundled scripts; counts those that run. */
export async function testThreads(): Promise<Threads & { running(): number }> {
  const folder = await bundleScripts({
    'node-thread-entry': 'src/platform/node-thread-entry.ts',
    'loader-thread': 'src/data/loader-thread.ts',
  });
  const threads = nodeThreads(new URL('node-thread-entry.js', folder));
  let running = 0;
  return {
    ...threads,
    running: () => running,
    start(module, listener) {
      running++;
      const thread = threads.start(new URL(module.href.slice(module.href.lastIndexOf('/') + 1), folder), listener);
      return {
        ...thread,
        end: async () => {
          running--;
          await thread.end();
        },
      };
    },
  };
}
