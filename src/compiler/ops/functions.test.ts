/** The graphs that functions over values make. */
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../ir/builder.ts';
import { describeType, type Node, type Value } from '../ir/graph.ts';
import { printGraph } from '../ir/print.ts';
import * as f from './functions.ts';
import { resizeMatrix } from './resize.ts';
import { rulesOf, shapeRules } from './table.ts';

const start = (): { builder: GraphBuilder; x: Value } => {
  const builder = new GraphBuilder(shapeRules);
  return { builder, x: builder.input('x', { dtype: 'float32', shape: ['N', 4, 'W'] }) };
};
const typeOf = (value: Value): string => describeType(value.type);

describe('functions over values', () => {
  it('refuse a number that the other side’s integer type cannot hold', () => {
    const { builder } = start();
    for (const dtype of ['int64', 'int32', 'uint8'] as const) {
      const x = builder.input(dtype, { dtype, shape: [2] });
      expect(() => f.mul(x, 0.5)).toThrow(`0.5 cannot be ${dtype}: cast the other side to floating point`);
      expect(typeOf(f.mul(x, 3))).toBe(`${dtype}[2]`);
    }
    expect(() => f.add(builder.input('y', { dtype: 'int32', shape: [2] }), 2 ** 31)).toThrow('2147483648 cannot be int32');
  });

  it('take a number as a scalar of the other side’s element type', () => {
    const { builder, x } = start();
    const y = f.sub(1, f.mul(x, 0.5));
    expect(printGraph(builder.build([{ name: 'y', value: y }]))).toBe(
      [
        'input %0 "x" : float32[N, 4, W]',
        '%1 = constant() {value=float32[]{0.5}} : float32[]',
        '%2 = mul(%0, %1) : float32[N, 4, W]',
        '%3 = constant() {value=float32[]{1}} : float32[]',
        '%4 = sub(%3, %2) : float32[N, 4, W]',
        'output %4 "y" : float32[N, 4, W]',
        '',
      ].join('\n'),
    );
    expect(typeOf(f.add(f.shapeOf(x), 1))).toBe('int64[3]');
    expect(typeOf(f.mul(f.cast(x, 'float16'), 2))).toBe('float16[N, 4, W]');
    expect(() => f.add(1, 2)).toThrow('one of the two operands must be a value');
  });

  it('reshape with named dims', () => {
    const { x } = start();
    expect(typeOf(f.flatten(x, 1))).toBe('float32[N, 4*W]');
    expect(typeOf(f.unsqueeze(x, -1))).toBe('float32[N, 4, W, 1]');
    expect(typeOf(f.squeeze(f.unsqueeze(x, 0), [0]))).toBe('float32[N, 4, W]');
    expect(() => f.squeeze(x, [1])).toThrow('squeeze: axis 1 has length 4, not 1');
    expect(f.split(x, [1, 3], 1).map(typeOf)).toEqual(['float32[N, 1, W]', 'float32[N, 3, W]']);
    expect(typeOf(f.stack([x, x], 1))).toBe('float32[N, 2, 4, W]');
  });

  it('reduce over all axes by default', () => {
    const { x } = start();
    expect(typeOf(f.mean(x))).toBe('float32[]');
    expect(typeOf(f.sum(x, [1], true))).toBe('float32[N, 1, W]');
  });
});

describe('the resize matrix', () => {
  it('has rows that sum to 1', () => {
    for (const mode of ['nearest', 'linear'] as const) {
      for (const coordinates of ['asymmetric', 'half_pixel', 'align_corners'] as const) {
        for (const [length, out] of [
          [1, 5],
          [5, 1],
          [7, 11],
          [11, 7],
        ] as const) {
          const matrix = resizeMatrix(length, out, mode, coordinates);
          for (let i = 0; i < out; i++) {
            const row = matrix.subarray(i * length, (i + 1) * length).reduce((a, b) => a + b, 0);
            expect(row).toBeCloseTo(1, 6);
          }
        }
      }
    }
  });
});

describe('costs', () => {
  const costs = (make: (builder: GraphBuilder) => Value): readonly [number, number] => {
    const builder = new GraphBuilder(shapeRules);
    make(builder);
    const node = builder.nodes.at(-1) as Node;
    const { multiplyAdds, bytesMoved } = rulesOf(node).cost(node);
    return [multiplyAdds, bytesMoved];
  };
  const input = (builder: GraphBuilder, name: string, ...shape: number[]): Value =>
    builder.input(name, { dtype: 'float32', shape });

  it('count one multiply-add for each product in a sum, and every byte read and written once', () => {
    expect(costs((b) => f.linear(input(b, 'x', 2, 3, 7), input(b, 'w', 5, 7)))).toEqual([2 * 3 * 7 * 5, 4 * (42 + 35 + 30)]);
    expect(costs((b) => f.matmul(input(b, 'x', 7, 3), input(b, 'y', 4, 7, 5), { transA: true }))).toEqual([
      4 * 3 * 7 * 5,
      4 * (21 + 140 + 60),
    ]);
    expect(costs((b) => f.add(input(b, 'x', 2, 3), input(b, 'y', 3)))).toEqual([0, 4 * (6 + 3 + 6)]);
    expect(costs((b) => f.reshape(input(b, 'x', 2, 3), [6]))).toEqual([0, 0]);
  });
});
