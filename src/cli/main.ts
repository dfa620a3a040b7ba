#!/usr/bin/env node
/** The `ocelli` command: hands the process's streams and signals to `run` and exits with its status. */
import { setFlagsFromString } from 'node:v8';
import { run } from './run.ts';

// The young generation stays small: commands keep little in JavaScript's heap, and classifying a picture peaks 15 MB lower.
setFlagsFromString('--semi-space-growth-factor=1');

for (const stream of [process.stdout, process.stderr]) {
  // A reader that has seen enough (`ocelli ... | head`) is no failure.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    if (stream === process.stdout) process.stderr.write(`ocelli: cannot write the output (${error.message})\n`);
    process.exit(1);
  });
}

const controller = new AbortController();
let stopped = 130;
for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    if (controller.signal.aborted) process.exit(status);
    stopped = status;
    controller.abort();
  });
}

const status = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  signal: controller.signal,
});
// What was stopped may still wait for a picture from a pipe, and would keep the process.
if (status === 130) process.exit(stopped);
process.exitCode = status;
