/** Dead code and integer folding, as printed graphs. */
import { expect, test } from 'vitest';
import { float32, int64 } from '../../base/tensor.ts';
import { GraphBuilder } from '../ir/builder.ts';
import type { Value } from '../ir/graph.ts';
import { printGraph } from '../ir/print.ts';
import { verifyGraph } from '../ir/verify.ts';
import { shapeRules } from '../ops/table.ts';
import { deadCode } from './dead-code.ts';
import { foldIntegers } from './fold-integers.ts';

test('dead code drops nodes and parameters that no output needs, and keeps inputs', () => {
  const builder = new GraphBuilder(shapeRules);
  const x = builder.input('x', { dtype: 'float32', shape: ['N'] });
  builder.input('unused', { dtype: 'float32', shape: [1] });
  const w = builder.parameter('w', { dtype: 'float32', shape: [1] });
  const v = builder.parameter('v', { dtype: 'float32', shape: [1] });
  builder.apply('add', [x, v], {});
  const y = builder.apply('add', [x, w], {});
  const graph = deadCode(builder.build([{ name: 'y', value: y }]));
  verifyGraph(graph, shapeRules);
  expect(printGraph(graph)).toBe(
    [
      'input %0 "x" : float32[N]',
      'input %1 "unused" : float32[1]',
      'parameter %2 "w" : float32[1]',
      '%3 = add(%0, %2) : float32[N]',
      'output %3 "y" : float32[N]',
      '',
    ].join('\n'),
  );
});

test('static shapes and arithmetic on them become constants', () => {
  const builder = new GraphBuilder(shapeRules);
  const x = builder.input('x', { dtype: 'float32', shape: [6, 4] });
  const shape = builder.apply('shapeOf', [x], {});
  const index = builder.apply('constant', [], { value: int64([1], [-1]) });
  const last = builder.apply('gather', [shape, index], { axis: 0 });
  const two = builder.apply('constant', [], { value: int64([1], [2]) });
  const y = builder.apply('concat', [builder.apply('div', [last, two], {}), builder.apply('mul', [shape, two], {})], { axis: 0 });
  const graph = foldIntegers(builder.build([{ name: 'y', value: y }]));
  verifyGraph(graph, shapeRules);
  expect(printGraph(graph)).toBe(
    [
      'input %0 "x" : float32[6, 4]',
      '%1 = constant() {value=int64[3]{2, 12, 8}} : int64[3]',
      'output %1 "y" : int64[3]',
      '',
    ].join('\n'),
  );
});

test('what is symbolic stays one dim, and floats are left alone', () => {
  const builder = new GraphBuilder(shapeRules);
  const x = builder.input('x', { dtype: 'float32', shape: ['N', 3] });
  const shape = builder.apply('shapeOf', [x], {});
  const zero = builder.apply('constant', [], { value: int64([], [0]) });
  const n = builder.apply('gather', [shape, zero], { axis: 0 });
  const two = builder.apply('constant', [], { value: int64([], [2]) });
  const twice = builder.apply('add', [builder.apply('mul', [n, two], {}), two], {});
  const half = builder.apply('add', [x, builder.apply('constant', [], { value: float32([], [0.5]) })], {});
  const graph = foldIntegers(
    builder.build([
      { name: 'twice', value: twice },
      { name: 'half', value: half },
    ]),
  );
  verifyGraph(graph, shapeRules);
  expect(printGraph(graph)).toBe(
    [
      'input %0 "x" : float32[N, 3]',
      '%1 = dimSize() {dim=2*N+2} : int64[]',
      '%2 = constant() {value=float32[]{0.5}} : float32[]',
      '%3 = add(%0, %2) : float32[N, 3]',
      'output %1 "twice" : int64[]',
      'output %3 "half" : float32[N, 3]',
      '',
    ].join('\n'),
  );
});

test('division of negative integers is towards zero, as ONNX divides', () => {
  const builder = new GraphBuilder(shapeRules);
  const a = builder.apply('constant', [], { value: int64([2], [-7, 7]) });
  const b = builder.apply('constant', [], { value: int64([1], [2]) });
  const graph = foldIntegers(builder.build([{ name: 'y', value: builder.apply('div', [a, b], {}) }]));
  expect(printGraph(graph)).toContain('int64[2]{-3, 3}');
});

test('integers that a double or the element type cannot hold are not folded', () => {
  const builder = new GraphBuilder(shapeRules);
  const long = (value: bigint): Value =>
    builder.apply('constant', [], { value: { dtype: 'int64', shape: [], data: BigInt64Array.of(value) } });
  const short = (): Value => builder.apply('constant', [], { value: { dtype: 'int32', shape: [], data: Int32Array.of(65536) } });
  const outputs = [
    { name: 'beyond', value: builder.apply('add', [long(2n ** 53n + 1n), long(0n)], {}) },
    { name: 'grown', value: builder.apply('mul', [long(2n ** 40n), long(2n ** 40n)], {}) },
    { name: 'wrapped', value: builder.apply('mul', [short(), short()], {}) },
  ];
  expect(
    foldIntegers(builder.build(outputs))
      .nodes.map(({ op }) => op)
      .filter((op) => op !== 'constant'),
  ).toEqual(['add', 'mul', 'mul']);
});
