/** A local file server that can misbehave: break off, stall, ignore ranges, lie. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request, as the server saw it. */
export interface SeenRequest {
  readonly path: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
}

export interface FileServer {
  /** Ends with a slash. */
  readonly url: string;
  readonly seen: SeenRequest[];
  close(): Promise<void>;
}

export type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void;

/** Serves by `handler`, which also gets how many requests came before. */
export async function serve(handler: Handler): Promise<FileServer> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    seen.push({
      path: request.url ?? '',
      range: request.headers.range,
      ifRange: request.headers['if-range'] as string | undefined,
    });
    handler(request, response, seen.length - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Sends `bytes`, or the part after a requested range's start; at most `limit` bytes before the connection breaks. */
export function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Uint8Array,
  options: { readonly limit?: number; readonly etag?: string; readonly ranges?: boolean } = {},
): void {
  const { etag, ranges = true, limit } = options;
  const match = ranges ? /^bytes=(\d+)-$/.exec(request.headers.range ?? '') : null;
  const fresh = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
  const start = match && fresh ? Number(match[1]) : 0;
  if (etag !== undefined) response.setHeader('etag', etag);
  if (start > 0 && start >= bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    return;
  }
  const body = bytes.subarray(start);
  const headers: Record<string, string | number> = { 'content-length': body.length };
  if (start > 0) headers['content-range'] = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
  response.writeHead(start > 0 ? 206 : 200, headers);
  if (limit === undefined || body.length <= limit) {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, limit), () => {
    setTimeout(() => response.destroy(), 20);
  });
}
