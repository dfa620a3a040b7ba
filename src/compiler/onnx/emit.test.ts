/** Names in what is emitted: the caller's are kept, and generated ones never meet them. */
import { fromBinary } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { GraphBuilder } from '../ir/builder.ts';
import * as f from '../ops/functions.ts';
import { shapeRules } from '../ops/table.ts';
import { emitOnnx } from './emit.ts';
import { ModelProtoSchema } from './onnx_pb.ts';

test('inputs, parameters and outputs may have any short name', () => {
  const builder = new GraphBuilder(shapeRules);
  const x = builder.input('t0', { dtype: 'float32', shape: [2] });
  const w = builder.parameter('c1', { dtype: 'float32', shape: [2] });
  const y = f.add(f.mul(x, w), 3);
  const { model } = emitOnnx(
    builder.build([
      { name: 't1', value: y },
      { name: 'c0', value: f.neg(y) },
    ]),
  );
  const { graph } = fromBinary(ModelProtoSchema, model);
  const made = [
    ...(graph?.input ?? []).map(({ name }) => name),
    ...(graph?.initializer ?? []).map(({ name }) => name),
    ...(graph?.node ?? []).flatMap(({ output }) => output),
  ];
  expect(new Set(made).size).toBe(made.length);
  expect(graph?.output.map(({ name }) => name)).toEqual(['t1', 'c0']);
});

test('names that are empty or could be generated are refused', () => {
  for (const name of ['', '%0']) {
    const builder = new GraphBuilder(shapeRules);
    const x = builder.input('x', { dtype: 'float32', shape: [2] });
    expect(() => builder.build([{ name, value: f.neg(x) }])).toThrow('cannot name an input or output');
    expect(() => builder.input(name, { dtype: 'float32', shape: [2] })).toThrow('cannot name an input or output');
  }
});
