/** A real Chromium for tests: found, started, given built pages; or the reason why not. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { type StaticServer, serve } from './server.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const path = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Why browser tests cannot run here, or undefined when they can. */
export const whyNoChromium: string | undefined = existsSync(path)
  ? undefined
  : `there is no Chromium at ${path}; install it or set CHROMIUM to its path`;

const flags = ['--no-sandbox', '--disable-background-networking', '--disable-component-update'];

/** Software WebGPU, so that it can be tested on machines without a GPU. */
const webgpuFlags = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--use-angle=swiftshader',
];

/** Linux alone tells. */
function peakOf(process: number): number | undefined {
  const path = `/proc/${process}/status`;
  const kilobytes = existsSync(path) ? /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(path, 'utf8'))?.[1] : undefined;
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** A Chromium without a window. */
export function launchChromium(options: { readonly webgpu?: boolean } = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: path,
    args: options.webgpu ? [...flags, ...webgpuFlags] : [...flags, '--disable-gpu'],
  });
}

export interface Lab {
  /** Opens `test/browser/pages/<script>.ts` as a page. */
  open(script: string): Promise<Page>;
  /** Bytes that the pages' processes had at most in memory, all together; undefined where the system does not tell. */
  peakMemory(): Promise<number | undefined>;
  close(): Promise<void>;
}

/** Builds the pages, serves them and starts Chromium. `files` is a folder served under /files/, `root` where the sources are. */
export async function openLab(
  scripts: readonly string[],
  options: { readonly webgpu?: boolean; readonly files?: string; readonly root?: string } = {},
): Promise<Lab> {
  const { root = repository } = options;
  const pages = await mkdtemp(join(tmpdir(), 'ocelli-pages-'));
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    // ONNX Runtime's WASM is served as it is, from /ort/.
    resolve: { conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'import', 'default'] },
    build: {
      outDir: pages,
      emptyOutDir: true,
      target: 'es2022',
      minify: false,
      modulePreload: false,
      rollupOptions: {
        input: Object.fromEntries(scripts.map((script) => [script, join(root, 'test/browser/pages', `${script}.ts`)])),
        output: { entryFileNames: '[name].js' },
      },
    },
  });
  const server: StaticServer = await serve({
    pages,
    assets: join(pages, 'assets'),
    ort: join(repository, 'node_modules/onnxruntime-web/dist'),
    ...(options.files === undefined ? {} : { files: options.files }),
  });
  const browser = await launchChromium(options);
  return {
    async open(script) {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      await page.goto(`${server.url}/${script}.html`);
      await page.waitForLoadState('load');
      if (problems.length > 0) throw new Error(`page ${script}: ${problems.join('; ')}`);
      return page;
    },
    async peakMemory() {
      const session = await browser.newBrowserCDPSession();
      const { processInfo } = await session.send('SystemInfo.getProcessInfo');
      const renderers = processInfo.filter(({ type }) => type === 'renderer');
      const peaks = renderers.map(({ id }) => peakOf(id));
      return peaks.reduce((sum, peak) => (sum === undefined || peak === undefined ? undefined : sum + peak), 0);
    },
    async close() {
      await browser.close();
      await server.close();
      await rm(pages, { recursive: true, force: true });
    },
  };
}
