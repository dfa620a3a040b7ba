/** What every runtime must do: cases that use no test framework, so that they also run inside a page. */
import type { DType } from '../../src/base/dtype.ts';
import { isOcelliError } from '../../src/base/errors.ts';
import { float32, int64, type Tensor, tensor } from '../../src/base/tensor.ts';
import { GraphBuilder } from '../../src/compiler/ir/builder.ts';
import { emitOnnx } from '../../src/compiler/onnx/emit.ts';
import { shapeRules } from '../../src/compiler/ops/table.ts';
import type { ModelSource, Runtime } from '../../src/runtime/runtime.ts';

export interface RuntimeCase {
  readonly name: string;
  run(runtime: Runtime): Promise<void>;
}

function check(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

function checkValues(actual: Tensor | undefined, expected: Tensor, what: string): void {
  const text = (value: Tensor | undefined): string =>
    value ? `${value.dtype}[${value.shape.join()}]{${Array.from(value.data, String).join()}}` : 'nothing';
  check(text(actual) === text(expected), `${what}: expected ${text(expected)}, got ${text(actual)}`);
}

/** Runs `body`, which must fail with this code and a text that holds these words. */
async function checkFails(body: () => Promise<unknown>, code: string, words: readonly string[]): Promise<void> {
  let error: unknown;
  try {
    await body();
  } catch (thrown) {
    error = thrown;
  }
  check(isOcelliError(error), `expected an error of code ${code}, got ${String(error)}`);
  if (!isOcelliError(error)) return;
  check(error.code === code, `expected code ${code}, got ${error.code}: ${error.message}`);
  for (const word of words) check(error.message.includes(word), `"${error.message}" does not say "${word}"`);
  check(!error.message.includes('\n'), `"${error.message}" is more than one line`);
}

/** y = x·w + b, x [N, 2]. */
function affine(target: Runtime['target'], external = true): ModelSource {
  const builder = new GraphBuilder(shapeRules);
  const x = builder.input('x', { dtype: 'float32', shape: ['N', 2] });
  const w = builder.parameter('w', { dtype: 'float32', shape: [2, 3] });
  const b = builder.parameter('b', { dtype: 'float32', shape: [3] });
  const y = builder.apply('add', [builder.apply('matmul', [x, w], { transA: false, transB: false }), b], {});
  const parameters = new Map<string, Tensor>([
    ['w', float32([2, 3], [1, 2, 3, 4, 5, 6])],
    ['b', float32([3], [10, 20, 30])],
  ]);
  return emitOnnx(builder.build([{ name: 'y', value: y }]), {
    target,
    parameters,
    ...(external ? { externalFile: 'weights' } : {}),
  });
}

/** y = x + x for a dtype, [2]. */
function doubling(target: Runtime['target'], dtype: DType): ModelSource {
  const builder = new GraphBuilder(shapeRules);
  const x = builder.input('x', { dtype, shape: [2] });
  const y = dtype === 'bool' ? builder.apply('not', [x], {}) : builder.apply('add', [x, x], {});
  return emitOnnx(builder.build([{ name: 'y', value: y }]), { target });
}

/** total:next = total + step, and twice = 2·step. */
function counting(target: Runtime['target']): ModelSource {
  const builder = new GraphBuilder(shapeRules);
  const total = builder.input('total', { dtype: 'float32', shape: [2] });
  const step = builder.input('step', { dtype: 'float32', shape: [2] });
  const next = builder.apply('add', [total, step], {});
  const twice = builder.apply('add', [step, step], {});
  return emitOnnx(
    builder.build([
      { name: 'total:next', value: next },
      { name: 'twice', value: twice },
    ]),
    { target },
  );
}

/** y = a + b, whose dims named N must be equal. */
function adding(target: Runtime['target']): ModelSource {
  const builder = new GraphBuilder(shapeRules);
  const a = builder.input('a', { dtype: 'float32', shape: ['N', 2] });
  const b = builder.input('b', { dtype: 'float32', shape: ['N', 2] });
  return emitOnnx(builder.build([{ name: 'y', value: builder.apply('add', [a, b], {}) }]), { target });
}

/** A reshape of [N] to [2, 2] under the module path `head.fold`, which fails at run time unless N is 4. */
function folding(target: Runtime['target']): ModelSource {
  const builder = new GraphBuilder(shapeRules);
  const x = builder.input('x', { dtype: 'float32', shape: ['N'] });
  const index = builder.input('index', { dtype: 'int64', shape: [1] });
  const y = builder.inScope('head.pick', () => builder.apply('gather', [x, index], { axis: 0 }));
  return emitOnnx(builder.build([{ name: 'y', value: y }]), { target });
}

const dtypeCases: readonly (readonly [Tensor, Tensor])[] = [
  [tensor('float32', [2], Float32Array.of(1.5, -2)), tensor('float32', [2], Float32Array.of(3, -4))],
  [tensor('int32', [2], Int32Array.of(7, -8)), tensor('int32', [2], Int32Array.of(14, -16))],
  [int64([2], [3, -4]), int64([2], [6, -8])],
  [tensor('bool', [2], Uint8Array.of(1, 0)), tensor('bool', [2], Uint8Array.of(0, 1))],
  // 1.0 and -2.0 in binary16 give 2.0 and -4.0.
  [tensor('float16', [2], Uint16Array.of(0x3c00, 0xc000)), tensor('float16', [2], Uint16Array.of(0x4000, 0xc400))],
  [tensor('float64', [2], Float64Array.of(0.1, -3)), tensor('float64', [2], Float64Array.of(0.2, -6))],
];

const x12 = (): Tensor => float32([1, 2], [1, 2]);
const y12 = float32([1, 3], [19, 32, 45]);

export const runtimeCases: readonly RuntimeCase[] = [
  {
    name: 'says what it is',
    async run(runtime) {
      check(/^\d+\.\d+/.test(runtime.info.version), `version is "${runtime.info.version}"`);
      check(Number.isInteger(runtime.info.threads), `threads is ${runtime.info.threads}`);
    },
  },
  {
    name: 'computes with weights inside the model and outside, at several batch sizes',
    async run(runtime) {
      for (const external of [false, true]) {
        for (const optimize of [false, true]) {
          const session = await runtime.load(affine(runtime.target, external), { optimize });
          checkValues((await session.run({ x: x12() })).y, y12, `external ${external}, optimize ${optimize}`);
          const two = await session.run({ x: float32([2, 2], [1, 2, 0, 0]) });
          checkValues(two.y, float32([2, 3], [19, 32, 45, 10, 20, 30]), 'batch 2');
          await session.dispose();
        }
      }
    },
  },
  {
    name: 'describes inputs and outputs',
    async run(runtime) {
      const session = await runtime.load(affine(runtime.target));
      const text = JSON.stringify([session.inputs, session.outputs]);
      const expected = '[[{"name":"x","dtype":"float32","shape":["N",2]}],[{"name":"y","dtype":"float32","shape":["N",3]}]]';
      check(text === expected, text);
      await session.dispose();
    },
  },
  ...dtypeCases.map(([input, output]) => ({
    name: `takes and gives ${input.dtype}`,
    async run(runtime: Runtime) {
      const session = await runtime.load(doubling(runtime.target, input.dtype));
      checkValues((await session.run({ x: tensor(input.dtype, [2], input.data.slice() as never) })).y, output, input.dtype);
      await session.dispose();
    },
  })),
  {
    name: 'takes a tensor that is a part of a bigger buffer',
    async run(runtime) {
      const session = await runtime.load(affine(runtime.target));
      const buffer = Float32Array.of(9, 1, 2, 9);
      checkValues((await session.run({ x: tensor('float32', [1, 2], buffer.subarray(1, 3)) })).y, y12, 'part');
      checkValues(tensor('float32', [4], buffer), float32([4], [9, 1, 2, 9]), 'the buffer after it');
      await session.dispose();
    },
  },
  {
    name: 'names the input that is wrong, what is expected and what came',
    async run(runtime) {
      const session = await runtime.load(affine(runtime.target));
      await checkFails(() => session.run({}), 'shape', ['"x" is missing', 'float32[N, 2]']);
      await checkFails(() => session.run({ x: x12(), z: x12() }), 'shape', ['"z"', 'x']);
      await checkFails(() => session.run({ x: float32([1, 3], [1, 2, 3]) }), 'shape', ['"x"', 'float32[N, 2]', 'float32[1, 3]']);
      await checkFails(() => session.run({ x: int64([1, 2], [1, 2]) }), 'shape', ['float32[N, 2]', 'int64[1, 2]']);
      await checkFails(() => session.run({ x: { dtype: 'float32', shape: [2, 2], data: new Float32Array(3) } }), 'shape', [
        '3 values',
        '4',
      ]);
      await session.dispose();
      const sum = await runtime.load(adding(runtime.target));
      await checkFails(() => sum.run({ a: x12(), b: float32([2, 2], [1, 2, 3, 4]) }), 'shape', ['"b"', 'dim N is 2', '1']);
      await sum.dispose();
    },
  },
  {
    name: 'writes into given outputs',
    async run(runtime) {
      const session = await runtime.load(affine(runtime.target));
      const results = await session.run({ x: x12() }, { outputs: { y: tensor('float32', [1, 3]) } });
      checkValues(results.y, y12, 'result');
      await checkFails(() => session.run({ x: x12() }, { outputs: { y: tensor('int32', [1, 3]) } }), 'shape', [
        'output "y"',
        'int32[1, 3]',
      ]);
      await session.dispose();
    },
  },
  {
    name: 'carries values from run to run',
    async run(runtime) {
      const session = await runtime.load(counting(runtime.target), { optimize: false, carry: { total: 'total:next' } });
      await checkFails(() => session.run({ step: float32([2], [1, 2]) }), 'usage', ['"total"', 'write']);
      const start = float32([2], [100, 200]);
      await session.write({ total: start });
      for (let i = 1; i <= 3; i++) {
        const results = await session.run({ step: float32([2], [1, 2]) });
        check(Object.keys(results).join() === 'twice', `results are ${Object.keys(results).join()}`);
        checkValues((await session.read()).total, float32([2], [100 + i, 200 + 2 * i]), `total after run ${i}`);
      }
      checkValues(start, float32([2], [100, 200]), 'what was written');
      await session.write({ total: float32([2], [0, 0]) });
      await session.run({ step: float32([2], [5, 6]) });
      checkValues((await session.read(['total'])).total, float32([2], [5, 6]), 'total after writing again');
      await checkFails(() => session.write({ step: float32([2], [5, 6]) }), 'shape', ['"step"']);
      await session.dispose();
    },
  },
  {
    name: 'queues concurrent runs',
    async run(runtime) {
      const session = await runtime.load(affine(runtime.target));
      const inputs = Array.from({ length: 6 }, (_, i) => float32([1, 2], [i, 0]));
      const results = await Promise.all(inputs.map((x) => session.run({ x })));
      results.forEach(({ y }, i) => {
        checkValues(y, float32([1, 3], [i + 10, 2 * i + 20, 3 * i + 30]), `run ${i}`);
      });
      await session.dispose();
    },
  },
  {
    name: 'stops before a run when the signal has fired, and works on',
    async run(runtime) {
      const session = await runtime.load(affine(runtime.target));
      const controller = new AbortController();
      const first = session.run({ x: x12() }, { signal: controller.signal });
      const second = session.run({ x: x12() }, { signal: AbortSignal.abort() });
      await checkFails(() => second, 'aborted', ['stopped']);
      checkValues((await first).y, y12, 'the run before');
      checkValues((await session.run({ x: x12() })).y, y12, 'the run after');
      await session.dispose();
    },
  },
  {
    name: 'is disposed once, after its runs, and says so afterwards',
    async run(runtime) {
      const session = await runtime.load(affine(runtime.target));
      const run = session.run({ x: x12() });
      const disposing = session.dispose();
      checkValues((await run).y, y12, 'the run under way');
      await Promise.all([disposing, session.dispose()]);
      await checkFails(() => session.run({ x: x12() }), 'runtime', ['disposed']);
    },
  },
  {
    name: 'refuses bytes that are no model',
    async run(runtime) {
      await checkFails(() => runtime.load({ model: Uint8Array.of(1, 2, 3, 4) }), 'runtime', ['loading the program failed']);
    },
  },
  {
    name: 'refuses to carry what is not there',
    async run(runtime) {
      await checkFails(() => runtime.load(counting(runtime.target), { carry: { total: 'nothing' } }), 'usage', ['carry']);
    },
  },
  {
    name: 'names the module path of a node that fails, and works on',
    async run(runtime) {
      const session = await runtime.load(folding(runtime.target), { optimize: false });
      await checkFails(() => session.run({ x: float32([3], [1, 2, 3]), index: int64([1], [7]) }), 'runtime', [
        'head.pick',
        'the run failed',
      ]);
      checkValues(
        (await session.run({ x: float32([3], [1, 2, 3]), index: int64([1], [2]) })).y,
        float32([1], [3]),
        'the run after',
      );
      await session.dispose();
    },
  },
];
