/** A tiny static server for browser tests: built pages, ONNX Runtime's WASM, given files; cross-origin isolated. */
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.jpg': 'image/jpeg',
};

export interface StaticServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves `/<prefix>/...` from the folder of each prefix, and `/<script>.html` as an empty page that loads `/pages/<script>.js`. */
export async function serve(folders: Readonly<Record<string, string>>): Promise<StaticServer> {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname));
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    const [, prefix = '', ...rest] = path.split('/');
    response.setHeader('Content-Type', types[extname(path)] ?? 'application/octet-stream');
    if (rest.length === 0 && prefix.endsWith('.html')) {
      const script = prefix.slice(0, -'.html'.length);
      response.end(`<!doctype html><title>${script}</title><script type="module" src="/pages/${script}.js"></script>`);
      return;
    }
    const folder = Object.hasOwn(folders, prefix) ? folders[prefix] : undefined;
    const file = folder && join(folder, ...rest);
    if (!file || !existsSync(file)) {
      response.statusCode = 404;
      response.end();
      return;
    }
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
