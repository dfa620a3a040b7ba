/** Bundles an example with the package's sources in place of the built package, so that tests need no build. */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root: string = fileURLToPath(new URL('../..', import.meta.url));

/** Imports examples/<name> from the sources. */
export async function importExample(name: string): Promise<Readonly<Record<string, unknown>>> {
  const outDir = `${root}node_modules/.cache/ocelli-examples`;
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    resolve: {
      alias: [
        { find: /^ocelli$/, replacement: `${root}src/node.ts` },
        { find: /^ocelli\/nn$/, replacement: `${root}src/nn/index.ts` },
        { find: /^ocelli\/nn\/functional$/, replacement: `${root}src/nn/functional.ts` },
      ],
    },
    build: {
      rolldownOptions: { output: { entryFileNames: '[name].mjs' } },
      ssr: `${root}examples/${name}`,
      outDir,
      target: 'node20',
      minify: false,
      copyPublicDir: false,
      emptyOutDir: true,
    },
  });
  return (await import(/* @vite-ignore */ `file://${outDir}/${name}?${Date.now()}`)) as Readonly<Record<string, unknown>>;
}
