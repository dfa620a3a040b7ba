/** MobileNet v1 costs what its paper says (Howard et al. 2017, arXiv 1704.04861, tables 6 and 7). */
import { expect, test } from 'vitest';
import { trace } from '../../nn/trace.ts';
import { summarize } from '../../program/summary.ts';
import { mobilenet_v1 } from './mobilenetv1.ts';

test.each([
  { widthMult: 1, size: 224, millionMultiplyAdds: 569, millionParameters: 4.2 },
  { widthMult: 0.75, size: 224, millionMultiplyAdds: 325, millionParameters: 2.6 },
  { widthMult: 0.5, size: 224, millionMultiplyAdds: 149, millionParameters: 1.3 },
  { widthMult: 0.25, size: 224, millionMultiplyAdds: 41, millionParameters: 0.5 },
  { widthMult: 1, size: 192, millionMultiplyAdds: 418, millionParameters: 4.2 },
  { widthMult: 1, size: 160, millionMultiplyAdds: 290, millionParameters: 4.2 },
  { widthMult: 1, size: 128, millionMultiplyAdds: 186, millionParameters: 4.2 },
])('width $widthMult at $size', ({ widthMult, size, millionMultiplyAdds, millionParameters }) => {
  const { multiplyAdds, params } = summarize(mobilenet_v1({ widthMult }), { inputShape: [1, 3, size, size] });
  expect(Math.abs(multiplyAdds / 1e6 - millionMultiplyAdds)).toBeLessThan(1);
  expect(Math.round(params / 1e5) / 10).toBe(millionParameters);
});

test('activations are as in the code of its authors, or as in the paper', () => {
  const kinds = (model: ReturnType<typeof mobilenet_v1>) => {
    const { nodes } = trace(model, { inputs: { input: { dtype: 'float32', shape: [1, 3, 32, 32] } } });
    return new Set(nodes.map(({ op }) => op).filter((op) => op === 'clip' || op === 'relu'));
  };
  expect([...kinds(mobilenet_v1())]).toEqual(['clip']);
  expect([...kinds(mobilenet_v1({ activation: 'relu' }))]).toEqual(['relu']);
  expect(() => mobilenet_v1({ activation: 'silu' as 'relu' })).toThrow('activation must be relu6 or relu, silu came');
});

test('a width of nothing is refused', () => {
  expect(() => mobilenet_v1({ widthMult: 0 })).toThrow('widthMult must be above 0, 0 came');
});
