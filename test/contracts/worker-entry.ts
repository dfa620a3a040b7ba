/** The worker's script as JavaScript, since tests run from TypeScript sources and a thread is started from a file. */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../../', import.meta.url));
let entry: Promise<URL> | undefined;

export function bundleWorkerEntry(): Promise<URL> {
  entry ??= bundle();
  return entry;
}

async function bundle(): Promise<URL> {
  // Inside the project, so that the packages the script imports are found; one per process, so that none reads half a file.
  const outDir = `${root}node_modules/.cache/worker-entry-${process.pid}`;
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: [], external: true },
    build: {
      ssr: 'src/runtime/ort-node-worker-entry.ts',
      outDir,
      emptyOutDir: true,
      rollupOptions: { output: { entryFileNames: 'entry.mjs' } },
    },
  });
  return pathToFileURL(`${outDir}/entry.mjs`);
}
