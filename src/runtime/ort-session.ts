/** A session over ONNX Runtime's own: checks, queue, carried values, disposal. The same for every back end. */
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-common';
import { OcelliError, throwIfAborted } from '../base/errors.ts';
import { describeTensor, type Tensor, tensor } from '../base/tensor.ts';
import { checkTensors } from './feeds.ts';
import { fromOrt, type Ort, portsOf, runtimeError, toOrt } from './ort-tensor.ts';
import type { LoadOptions, ModelFile, ModelSource, RunOptions, Session, SessionPort } from './runtime.ts';

export interface OrtSessionSettings {
  /** For messages. */
  readonly name: string;
  readonly executionProvider: 'cpu' | 'wasm' | 'webgpu';
  /** 0 or absent: ONNX Runtime's choice. */
  readonly threads?: number;
  /** Whether ONNX Runtime writes into output tensors it is given. The web build takes them and leaves them as they are. */
  readonly writesOutputs: boolean;
  /** Whether feeds are moved to another thread with the whole buffer they are a part of. */
  readonly movesFeeds?: boolean;
}

/** Failures come back as errors; the console need not say them too. */
const QUIET: InferenceSession.RunOptions = { logSeverityLevel: 4 };

/** The external file as one piece of memory, filled part by part. */
export async function gathered({ size, parts }: NonNullable<ModelSource['external']>): Promise<Uint8Array<ArrayBuffer>> {
  const data = new Uint8Array(size);
  let offset = 0;
  for await (const part of parts()) {
    data.set(part, offset);
    offset += part.length;
  }
  return data;
}

/** Loads a model. @throws runtime when ONNX Runtime refuses it */
export async function createOrtSession(
  ort: Ort,
  settings: OrtSessionSettings,
  source: ModelSource | ModelFile,
  options: LoadOptions,
): Promise<Session> {
  const external = 'path' in source ? undefined : source.external;
  const carry = options.carry ?? {};
  const threads = options.threads ?? settings.threads ?? 0;
  const sessionOptions: InferenceSession.SessionOptions = {
    executionProviders: [settings.executionProvider],
    graphOptimizationLevel: (options.optimize ?? true) ? 'all' : 'disabled',
    logSeverityLevel: 4,
    // The planned one-piece buffer of a memory pattern stands beside the arena that the first run filled: measured on
    // ResNet-50's training step (batch 8, 224) it takes the peak from 1.2 to 2.0 GB and saves no time.
    enableMemPattern: false,
    ...(threads > 0 ? { intraOpNumThreads: threads } : {}),
    ...(external ? { externalData: [{ path: external.file, data: await gathered(external) }] } : {}),
    ...(settings.executionProvider === 'webgpu' ? { preferredOutputLocation: onGpu(carry) } : {}),
  };
  let session: InferenceSession;
  try {
    // Two overloads, of a path and of bytes.
    session =
      'path' in source
        ? await ort.InferenceSession.create(source.path, sessionOptions)
        : await ort.InferenceSession.create(source.model, sessionOptions);
  } catch (error) {
    throw runtimeError(`${settings.name}: loading the program`, error);
  }
  try {
    return new OrtSession(ort, settings, session, options);
  } catch (error) {
    await session.release();
    throw error;
  }
}

function onGpu(carry: Readonly<Record<string, string>>): Record<string, 'gpu-buffer'> {
  return Object.fromEntries(Object.values(carry).map((output) => [output, 'gpu-buffer'] as const));
}

class OrtSession implements Session {
  readonly inputs: readonly SessionPort[];
  readonly outputs: readonly SessionPort[];
  readonly #ort: Ort;
  readonly #settings: OrtSessionSettings;
  readonly #session: InferenceSession;
  readonly #fed: readonly SessionPort[];
  readonly #given: readonly SessionPort[];
  readonly #carry: ReadonlyMap<string, string>;
  readonly #carried = new Map<string, OrtTensor>();
  /** Where native runs write the next carried values: last run's inputs. */
  readonly #spare = new Map<string, OrtTensor>();
  /** Carried inputs that native runs write over. */
  readonly #overwritten: ReadonlySet<string>;
  #last: Promise<unknown> = Promise.resolve();
  #disposed: Promise<void> | undefined;

  constructor(ort: Ort, settings: OrtSessionSettings, session: InferenceSession, options: LoadOptions) {
    const { carry = {}, zeroed = [], overwritten = [] } = options;
    this.#ort = ort;
    this.#settings = settings;
    this.#session = session;
    this.inputs = portsOf(session.inputMetadata);
    this.outputs = portsOf(session.outputMetadata);
    this.#carry = new Map(Object.entries(carry));
    this.#overwritten = new Set(overwritten);
    const carriedOutputs = new Set(this.#carry.values());
    this.#fed = this.inputs.filter(({ name }) => !this.#carry.has(name));
    this.#given = this.outputs.filter(({ name }) => !carriedOutputs.has(name));
    if (
      this.inputs.length - this.#fed.length !== this.#carry.size ||
      this.outputs.length - this.#given.length !== this.#carry.size
    ) {
      throw new OcelliError('usage', `${settings.name}: carry names an input or output that the program does not have`);
    }
    for (const { name, dtype, shape } of this.inputs.filter((port) => zeroed.includes(port.name))) {
      this.#carried.set(name, toOrt(ort, tensor(dtype, staticDims(name, shape))));
    }
  }

  run(feeds: Readonly<Record<string, Tensor>>, options: RunOptions = {}): Promise<Record<string, Tensor>> {
    return this.#enqueue(async () => {
      throwIfAborted(options.signal, 'the run');
      checkTensors('input', this.#fed, feeds, true);
      checkTensors('output', this.#given, options.outputs ?? {}, false);
      const all: Record<string, OrtTensor> = Object.fromEntries(
        this.#fed.map(({ name }) => [name, this.#feed(feeds[name] as Tensor)]),
      );
      for (const name of this.#carry.keys()) {
        const value = this.#carried.get(name);
        if (!value)
          throw new OcelliError('usage', `input "${name}" is carried and has no value yet; write it before the first run`);
        all[name] = value;
      }
      const results = await this.#runOrt(all, options.outputs ?? {});
      this.#keepCarried(results);
      return Object.fromEntries(
        this.#given.map(({ name }) => [name, this.#result(results[name] as OrtTensor, options.outputs?.[name])]),
      );
    });
  }

  #feed(value: Tensor): OrtTensor {
    const part = value.data.byteLength !== value.data.buffer.byteLength;
    return toOrt(this.#ort, this.#settings.movesFeeds && part ? copyOf(value) : value);
  }

  async #runOrt(
    feeds: Record<string, OrtTensor>,
    outputs: Readonly<Record<string, Tensor>>,
  ): Promise<InferenceSession.ReturnType> {
    try {
      if (!this.#settings.writesOutputs) return await this.#session.run(feeds, QUIET);
      const fetches: Record<string, OrtTensor | null> = {};
      for (const { name } of this.#given) fetches[name] = outputs[name] ? toOrt(this.#ort, outputs[name]) : null;
      for (const [input, output] of this.#carry) {
        fetches[output] = (this.#overwritten.has(input) ? feeds[input] : this.#spare.get(input)) ?? null;
      }
      return await this.#session.run(feeds, fetches, QUIET);
    } catch (error) {
      throw runtimeError(`${this.#settings.name}: the run`, error);
    }
  }

  #result(value: OrtTensor, wanted: Tensor | undefined): Tensor {
    if (!wanted) return fromOrt(value);
    if (!this.#settings.writesOutputs) {
      const made = fromOrt(value);
      if (made.data.length !== wanted.data.length) {
        throw new OcelliError(
          'shape',
          `an output is ${describeTensor(made)}, the tensor to write it into ${describeTensor(wanted)}`,
        );
      }
      (wanted.data as Float32Array).set(made.data as Float32Array);
    }
    return wanted;
  }

  #keepCarried(results: InferenceSession.ReturnType): void {
    for (const [input, output] of this.#carry) {
      const before = this.#carried.get(input);
      this.#carried.set(input, results[output] as OrtTensor);
      if (!before || (this.#settings.writesOutputs && this.#overwritten.has(input))) continue;
      if (this.#settings.writesOutputs) this.#spare.set(input, before);
      else release(before);
    }
  }

  write(values: Readonly<Record<string, Tensor>>): Promise<void> {
    return this.#enqueue(async () => {
      const ports = this.inputs.filter(({ name }) => this.#carry.has(name));
      checkTensors('carried input', ports, values, false);
      for (const [name, value] of Object.entries(values)) {
        release(this.#carried.get(name));
        this.#carried.set(name, toOrt(this.#ort, copyOf(value)));
        this.#spare.delete(name);
      }
    });
  }

  read(names: readonly string[] = [...this.#carry.keys()]): Promise<Record<string, Tensor>> {
    return this.#enqueue(async () => {
      const values: Record<string, Tensor> = {};
      for (const name of names) {
        const value = this.#carried.get(name);
        if (!value) throw new OcelliError('usage', `"${name}" is no carried input with a value`);
        // What was on the GPU is from now on here; its buffer is given back.
        await value.getData(true);
        values[name] = copyOf(fromOrt(value));
      }
      return values;
    });
  }

  dispose(): Promise<void> {
    this.#disposed ??= this.#last.then(async () => {
      for (const value of this.#carried.values()) release(value);
      this.#carried.clear();
      this.#spare.clear();
      await this.#session.release();
    });
    return this.#disposed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** Runs `body` after all that was asked before, whether that failed or not. */
  #enqueue<T>(body: () => Promise<T>): Promise<T> {
    if (this.#disposed) {
      return Promise.reject(
        new OcelliError('runtime', `${this.#settings.name}: the session was disposed; load the program again`),
      );
    }
    const result = this.#last.then(body);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** Gives back the GPU's memory of a value that is not needed any more. */
function release(value: OrtTensor | undefined): void {
  if (value?.location === 'gpu-buffer') value.dispose();
}

function staticDims(name: string, shape: SessionPort['shape']): readonly number[] {
  return shape.map((dim) => {
    if (typeof dim === 'number') return dim;
    throw new OcelliError('usage', `input "${name}" has a dim "${dim}" that is known at run time; write it before the first run`);
  });
}

function copyOf(value: Tensor): Tensor {
  return tensor(value.dtype, value.shape, value.data.slice() as never);
}
