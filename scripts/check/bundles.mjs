/** Bundles the built package as a web application would, and looks at what came along. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

async function bundle(code) {
  const folder = mkdtempSync(join(tmpdir(), 'ocelli-bundle-'));
  try {
    writeFileSync(join(folder, 'entry.js'), code);
    const result = await build({
      root: folder,
      configFile: false,
      logLevel: 'silent',
      resolve: { conditions: ['onnxruntime-web-use-extern-wasm', 'browser', 'import', 'module', 'default'] },
      build: {
        write: false,
        minify: true,
        modulePreload: false,
        rolldownOptions: { input: join(folder, 'entry.js'), external: [/^onnxruntime-web/], preserveEntrySignatures: 'strict' },
      },
    });
    const chunks = (Array.isArray(result) ? result[0] : result).output.filter((item) => item.type === 'chunk');
    // What a page loads at once: the entry and what it imports, not what it may import later.
    const first = new Set(chunks.filter((chunk) => chunk.isEntry));
    for (const { imports } of first) for (const chunk of chunks) if (imports.includes(chunk.fileName)) first.add(chunk);
    return {
      modules: chunks.flatMap((chunk) => chunk.moduleIds),
      imports: [...new Set(chunks.flatMap((chunk) => [...chunk.imports, ...chunk.dynamicImports]))],
      code: chunks.map((chunk) => chunk.code).join('\n'),
      minified: [...first].reduce((sum, { code }) => sum + Buffer.byteLength(code), 0),
      gzip: [...first].reduce((sum, { code }) => sum + gzipSync(code).length, 0),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Ceilings on the compressed size of what is loaded at once, in bytes. */
const WEB_CEILING = 125_000;
const FAMILY_CEILING = 15_000;

/** Recorded sizes may be off by this share before they have to be measured again. */
const DRIFT = 0.1;
const record = 'scripts/pages/bundles.json';

/**
 * Each family of a built package bundled by itself: `minified` and `gzip` in bytes, and the `strangers`, other families that came along,
 * with their weights tables or the register of all.
 */
export async function measureFamilies(dist) {
  const folder = 'models/classification';
  const families = readdirSync(join(dist, folder))
    .filter((file) => file.endsWith('.js') && !file.includes('.weights.'))
    .map((file) => file.slice(0, -3));
  const sizes = {};
  for (const family of families.sort()) {
    const { modules, minified, gzip } = await bundle(`export * from ${JSON.stringify(join(dist, folder, `${family}.js`))};`);
    const others = families.filter((other) => other !== family);
    const holds = (path) => modules.some((id) => id.replaceAll('\\', '/').includes(`/${path}`));
    const strangers = others.filter((other) =>
      [`${other}.js`, `${other}/`, `${other}.weights.js`].some((file) => holds(`${folder}/${file}`)),
    );
    if (holds('models/manifest.js')) strangers.push('the manifest of all models');
    sizes[family] = { minified, gzip, strangers };
  }
  return sizes;
}

/** Writes the sizes down, for the page that shows them. */
export function recordFamilies(sizes) {
  const rows = Object.entries(sizes).map(([family, { minified, gzip }]) => [family, { minified, gzip }]);
  writeFileSync(record, `${JSON.stringify(Object.fromEntries(rows), null, 2)}\n`);
}

/** The sizes that were written down, by family. */
export function recordedFamilies() {
  return existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : {};
}

/** What is wrong with the bundles of a built package, one sentence each. */
export async function checkBundles(dist) {
  const problems = [];
  const web = await bundle(`export * from ${JSON.stringify(join(dist, 'web.js'))};`);
  // Vite puts an empty module in the place of each of Node's.
  const replaced = web.modules.some((id) => id.includes('__vite-browser-external'));
  if (replaced || /["'`]node:/.test(web.code) || web.imports.some((name) => name.startsWith('node:'))) {
    problems.push('the web bundle imports node: modules');
  }
  if (web.modules.some((id) => /onnxruntime-node|\/sharp\//.test(id))) problems.push('the web bundle holds native packages');
  if (web.gzip > WEB_CEILING) problems.push(`the web entry is ${web.gzip} bytes compressed, more than ${WEB_CEILING}`);

  const known = recordedFamilies();
  for (const [family, { minified, gzip, strangers }] of Object.entries(await measureFamilies(dist))) {
    if (strangers.length > 0) problems.push(`importing ${family} pulls in ${strangers.join(', ')}`);
    if (gzip > FAMILY_CEILING) problems.push(`${family} is ${gzip} bytes compressed, more than ${FAMILY_CEILING}`);
    const written = known[family]?.minified ?? 0;
    if (Math.abs(minified - written) > DRIFT * minified) {
      problems.push(`${family} is ${minified} bytes minified, ${record} says ${written}: run npm run pages`);
    }
  }
  return problems;
}
