/** Where a worker thread of Node begins: it runs the module that it was started for. */
import { parentPort, workerData } from 'node:worker_threads';
import { nodePlatform } from './node.ts';
import type { ThreadModule } from './platform.ts';

const port = parentPort;
const { module } = workerData as { readonly module: string };
const { serve } = (await import(module)) as ThreadModule;
if (port) {
  serve(
    {
      post: (message, moved = []) => port.postMessage(message, moved),
      onMessage: (listener) => {
        port.on('message', listener);
      },
    },
    nodePlatform(),
  );
}
