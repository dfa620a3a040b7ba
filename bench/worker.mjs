/** A process that answers requests, one JSON line each: ask(name, arguments) gives the answer. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The Python that has torch and torchvision. */
export const python = process.env.OCELLI_PYTHON ?? '/usr/bin/python3';

/** The path of a file in this folder. */
export function here(file) {
  return fileURLToPath(new URL(file, import.meta.url));
}

export class Worker {
  #process;
  #lines;

  constructor(command, args) {
    this.#process = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  async ask(name, args = {}) {
    this.#process.stdin.write(`${JSON.stringify([name, args])}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`the worker ended during "${name}"; its error stands above`);
    return JSON.parse(value);
  }

  close() {
    this.#process.stdin.end();
  }
}

export function torchWorker() {
  return new Worker(python, [here('torch_worker.py')]);
}
