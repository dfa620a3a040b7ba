/** Top-1, top-5, per-class shares and the confusion matrix, counted by hand. */
import { describe, expect, it } from 'vitest';
import { logSumExp, MetricsCounter } from './metrics.ts';

describe('metrics', () => {
  it('counts right answers, near misses and confusions', () => {
    const counter = new MetricsCounter(6);
    const logits = Float32Array.from([9, 1, 2, 3, 4, 5, /* next */ 0, 1, 2, 3, 4, 5, /* next */ 5, 4, 3, 2, 1, 0]);
    expect(counter.add(logits, 0, 0).answer).toBe(0);
    expect(counter.add(logits, 6, 0).answer).toBe(5);
    expect(counter.add(logits, 12, 2).answer).toBe(0);
    const { count, top1, top5, perClass, confusion } = counter.metrics;
    expect({ count, top1, top5 }).toEqual({ count: 3, top1: 1 / 3, top5: 2 / 3 });
    expect(perClass[0]).toBe(0.5);
    expect(perClass[2]).toBe(0);
    expect(perClass[1]).toBeNaN();
    expect(confusion[0]).toEqual([1, 0, 0, 0, 0, 1]);
    expect(confusion[2]).toEqual([1, 0, 0, 0, 0, 0]);
  });

  it('does not count equal outputs as right for every class', () => {
    const counter = new MetricsCounter(8);
    for (let label = 0; label < 8; label++) counter.add(new Float32Array(8), 0, label);
    expect(counter.metrics.top1).toBe(1 / 8);
    expect(counter.metrics.top5).toBe(5 / 8);
    expect(counter.metrics.loss).toBeCloseTo(Math.log(8), 12);
  });

  it('takes scores as they are', () => {
    const counter = new MetricsCounter(2, 'scores');
    expect(counter.add(Float32Array.of(0.25, 0.75), 0, 0)).toEqual({ loss: -Math.log(0.25), answer: 1, score: 0.75 });
    expect(new MetricsCounter(2).add(Float32Array.of(0.25, 0.75), 0, 0).score).toBeCloseTo(1 / (1 + Math.exp(-0.5)), 9);
  });

  it('refuses what is no number, and does not overflow', () => {
    expect(() => new MetricsCounter(2).add(Float32Array.of(Number.NaN, 1), 0, 0)).toThrow('gave NaN');
    expect(logSumExp(Float32Array.of(1000, 1000), 0, 2)).toBeCloseTo(1000 + Math.log(2), 9);
  });
});
