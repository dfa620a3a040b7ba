/** Reports: pictures that decoders read, ticks that are round, and text from outside that is no markup. */
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Picture } from '../../platform/image.ts';
import { decodePng } from '../../platform/images/png.ts';
import { MetricsCounter } from '../metrics.ts';
import { lineChart, ticks } from './chart.ts';
import { reportHtml } from './page.ts';
import { encodePng } from './png.ts';

describe('a report', () => {
  it.each([1, 3] as const)('holds pictures of %i channels that decode to what they were', (channels) => {
    const [width, height] = [7, 5];
    const data = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 37) % 256);
    const png = encodePng({ width, height, channels, data });
    const rgb = decodePng(png, (parts) => inflateSync(Buffer.concat(parts)));
    const triples =
      channels === 3 ? data : Uint8Array.from({ length: data.length * 3 }, (_, i) => data[Math.floor(i / 3)] as number);
    expect(rgb).toEqual({ width, height, data: triples });
  });

  it('has round ticks around the values', () => {
    expect(ticks(0.13, 0.87, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticks(3, 3, 5).length).toBeGreaterThan(1);
    expect(ticks(0, 1e-9, 5).at(-1)).toBeGreaterThanOrEqual(1e-9);
    expect(lineChart([{ name: 'none', points: [[1, Number.NaN]] }], { title: 't', xLabel: 'x', format: String })).toBe('');
  });

  it('draws a single epoch over an axis from 0, with marks that differ', () => {
    const epochs = [{ epoch: 1, learningRate: 8.2e-6, train: { loss: 1, top1: 0.0102 }, validation: { loss: 1, top1: 0.0101 } }];
    const html = reportHtml({ title: 't', subtitle: '', tiles: [], epochs, losses: [], classes: [], settings: [] });
    const charts = html.split('<svg').slice(1);
    expect(charts.length).toBe(3);
    for (const chart of charts) {
      const marks = [...chart.matchAll(/text-anchor="(end|middle)">([^<]+)</g)].map(([, anchor, text]) => `${anchor} ${text}`);
      expect(marks).toContain('middle 0');
      expect(marks).toContain('middle 1');
      expect(new Set(marks).size).toBe(marks.length);
      expect(Math.max(...marks.map((mark) => mark.length))).toBeLessThanOrEqual('middle epochs'.length);
    }
  });

  it('lists confusions of many classes, with no word of rows', () => {
    const counter = new MetricsCounter(60);
    for (let i = 0; i < 60; i++)
      counter.add(
        Float32Array.from({ length: 60 }, (_, c) => (c === 0 ? 1 : 0)),
        0,
        i,
      );
    const classes = Array.from({ length: 60 }, (_, i) => `class ${i}`);
    const evaluation = { of: 'many', metrics: counter.metrics, mistakes: [] };
    const html = reportHtml({ title: 't', subtitle: '', tiles: [], epochs: [], losses: [], classes, evaluation, settings: [] });
    expect(html).toContain('What was taken for what, the 15 commonest of 59.');
    expect(html).not.toContain('Rows are');
  });

  it('escapes what comes from outside', () => {
    const evil = '<script>alert("1")</script>';
    const picture: Picture = { width: 1, height: 1, channels: 1, data: Uint8Array.of(0) };
    const counter = new MetricsCounter(2);
    counter.add(Float32Array.of(0, 1), 0, 0);
    const html = reportHtml({
      title: evil,
      subtitle: evil,
      tiles: [[evil, evil]],
      epochs: [{ epoch: 1, learningRate: 0.1, train: { loss: 1, top1: 0.5 } }],
      losses: [[0.5, 1]],
      classes: [evil, 'b'],
      evaluation: {
        of: evil,
        metrics: counter.metrics,
        mistakes: [{ picture, name: evil, truth: evil, answer: 'b', score: 0.7 }],
      },
      settings: [[evil, evil]],
    });
    expect(html).not.toContain('<script');
    expect(html).not.toContain('alert("');
  });
});
