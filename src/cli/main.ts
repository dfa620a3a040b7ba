#!/usr/bin/env node
/** The `ocelli` command: hands the process's streams and signals to `run` and exits with its status. */
import { run } from './run.ts';

for (const stream of [process.stdout, process.stderr]) {
  // A reader that has seen enough (`ocelli ... | head`) is no failure.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 1);
  });
}

const controller = new AbortController();
process.on('SIGINT', () => {
  if (controller.signal.aborted) process.exit(130);
  controller.abort();
});

process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  signal: controller.signal,
});
