/** A Python process that computes torch's values on request. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type DType, dtypes, isDType } from '../../src/base/dtype.ts';
import { elementCount, type Tensor, tensor } from '../../src/base/tensor.ts';
import { GAPS } from './goldens.ts';

/** The interpreter: OCELLI_PYTHON, or the system's. */
const interpreter = process.env.OCELLI_PYTHON ?? '/usr/bin/python3';

/** Why live tests cannot run here, or undefined when they can. */
export function whyNoTorch(): string | undefined {
  const { status } = spawnSync(interpreter, ['-c', 'import torch, torchvision']);
  if (status === 0) return undefined;
  return `${interpreter} has no torch and torchvision (Debian: python3-torch, python3-torchvision; or set OCELLI_PYTHON)`;
}

/** A tensor of torch's in float64. */
export interface TorchTensor {
  readonly value: Tensor;
  /** How far torch's float32 is from it. */
  readonly gap: number;
}

interface Reply {
  readonly file: string;
  readonly tensors: readonly {
    readonly name: string;
    readonly dtype: string;
    readonly shape: readonly number[];
    readonly offset: number;
    readonly gap?: number;
  }[];
}

export class Torch {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly version: Promise<string>;

  /** @param script of this folder, which answers requests */
  constructor(script = 'live.py') {
    const path = fileURLToPath(new URL(script, import.meta.url));
    this.#process = spawn(interpreter, [path], { stdio: ['pipe', 'pipe', 'inherit'] });
    if (!this.#process.stdout) throw new Error('the Python process has no output');
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
    this.version = this.#line().then((line) => (JSON.parse(line) as { torch: string }).torch);
  }

  /** The answer to one request. */
  async ask(request: object): Promise<ReadonlyMap<string, TorchTensor>> {
    for await (const answer of this.answers([request])) return answer;
    throw new Error('the Python process gave no answer');
  }

  /** Sends requests at once, so that Python works while Ocelli does, and gives the answers in order. */
  async *answers(requests: readonly object[]): AsyncGenerator<ReadonlyMap<string, TorchTensor>> {
    await this.version;
    const send = (request: object | undefined): void => {
      if (request) this.#process.stdin?.write(`${JSON.stringify(request)}\n`);
    };
    send(requests[0]);
    for (let i = 0; i < requests.length; i++) {
      const reply = JSON.parse(await this.#line()) as Reply;
      send(requests[i + 1]);
      yield readReply(reply);
    }
  }

  /** Ends the process. */
  close(): void {
    this.#process.stdin?.end();
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('the Python process ended; its error stands above');
    return value;
  }
}

function readReply({ file, tensors }: Reply): ReadonlyMap<string, TorchTensor> {
  const bytes = readFileSync(file);
  rmSync(file);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  return new Map(
    tensors.map(({ name, dtype, shape, offset, gap = 0 }) => {
      if (!isDType(dtype)) throw new Error(`${name}: torch gave a tensor of ${dtype}`);
      const data = new dtypes[dtype].array(buffer, offset, elementCount(shape));
      return [name, { value: tensor<DType>(dtype, shape, data), gap }];
    }),
  );
}

/** The largest difference from torch's float64 values in units of 5 gaps. */
export function compare(result: Tensor, torch: TorchTensor): { readonly error: number } {
  if (result.shape.join() !== torch.value.shape.join()) return { error: Infinity };
  const expected = torch.value.data;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(Number(result.data[i]) - Number(expected[i]));
    if (!(difference <= worst)) worst = difference;
  }
  return { error: worst === 0 ? 0 : worst / (GAPS * torch.gap) };
}
