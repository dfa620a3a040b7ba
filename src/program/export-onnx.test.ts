import { expect, it } from 'vitest';
import type { OnnxModel } from '../compiler/onnx/emit.ts';
import { type ModelSink, writeOnnx } from './export-onnx.ts';

/** A sink that notes how it ended. */
function sink(ends: string[], name: string): ModelSink {
  return {
    write: async () => {},
    commit: async () => void ends.push(`${name} committed`),
    discard: async () => void ends.push(`${name} discarded`),
  };
}

const onnx: OnnxModel = {
  model: Uint8Array.of(1),
  external: {
    file: 'net.onnx.data',
    size: 1,
    parts: async function* () {
      yield Uint8Array.of(2);
    },
  },
};

it('writes the second file first, and neither remains when it cannot be made', async () => {
  const ends: string[] = [];
  await writeOnnx(onnx, sink(ends, 'model'), async (file) => sink(ends, file));
  expect(ends.splice(0)).toEqual(['net.onnx.data committed', 'model committed']);
  const full = writeOnnx(onnx, sink(ends, 'model'), () => Promise.reject(new Error('the disk is full')));
  await expect(full).rejects.toThrow('the disk is full');
  expect(ends).toEqual(['model discarded']);
});
