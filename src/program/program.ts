/** A compiled model: tensors by name in, tensors by name out. Big batches run in pieces. */
import type { DType } from '../base/dtype.ts';
import { OcelliError, throwIfAborted } from '../base/errors.ts';
import { elementCount, type Tensor, tensor } from '../base/tensor.ts';
import type { RunOptions, Session, SessionPort } from '../runtime/runtime.ts';

/** Pictures per run when no number is given: enough for full speed, small enough for little memory. */
export const DEFAULT_MAX_BATCH = 32;

export interface Program {
  readonly inputs: readonly SessionPort[];
  readonly outputs: readonly SessionPort[];
  /**
   * Runs the model. When all inputs and outputs start with the same named dim, a batch longer than `maxBatch` runs in
   * pieces; an abort signal acts between them.
   * @throws shape naming the input, what is expected and what came
   */
  run(inputs: Readonly<Record<string, Tensor>>, options?: RunOptions): Promise<Record<string, Tensor>>;
  /** Gives the program back: its memory is freed, or kept by the cache it came from. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A program over a loaded session; `release` is called once, when it is disposed. */
export function programOf(session: Session, maxBatch: number, release: () => Promise<void>): Program {
  const batched = isBatched(session);
  let released: Promise<void> | undefined;
  const dispose = (): Promise<void> => {
    released ??= release();
    return released;
  };
  return {
    inputs: session.inputs,
    outputs: session.outputs,
    async run(inputs, options = {}) {
      if (released) throw new OcelliError('runtime', 'the program was disposed; compile the model again');
      const count = batched ? Object.values(inputs)[0]?.shape[0] : undefined;
      if (count === undefined || count <= maxBatch) return session.run(inputs, options);
      return runInPieces(session, inputs, options, count, maxBatch);
    },
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}

/** True when the first axis of all that goes in and out is one and the same named dim. */
function isBatched({ inputs, outputs }: Session): boolean {
  const first = inputs[0]?.shape[0];
  return typeof first === 'string' && [...inputs, ...outputs].every(({ shape }) => shape[0] === first);
}

async function runInPieces(
  session: Session,
  inputs: Readonly<Record<string, Tensor>>,
  { outputs: into = {}, signal }: RunOptions,
  count: number,
  maxBatch: number,
): Promise<Record<string, Tensor>> {
  const results: Record<string, Tensor> = { ...into };
  for (let start = 0; start < count; start += maxBatch) {
    throwIfAborted(signal, 'the run');
    const end = Math.min(count, start + maxBatch);
    // Copies, because a session in a worker takes what it is fed.
    const feeds = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, rows(value, start, end)]));
    for (const [name, piece] of Object.entries(await session.run(feeds))) {
      const whole = results[name] ?? tensor<DType>(piece.dtype, [count, ...piece.shape.slice(1)]);
      results[name] = whole;
      const row = elementCount(piece.shape.slice(1));
      if (whole.data.length !== count * row) {
        throw new OcelliError(
          'shape',
          `output "${name}" has ${count * row} values, the tensor to write it into ${whole.data.length}`,
        );
      }
      (whole.data as Float32Array).set(piece.data as Float32Array, start * row);
    }
  }
  return results;
}

/** Rows `start` to `end` along the first axis. */
function rows(value: Tensor, start: number, end: number): Tensor {
  const row = elementCount(value.shape.slice(1));
  return tensor(value.dtype, [end - start, ...value.shape.slice(1)], value.data.slice(start * row, end * row) as never);
}
