/** Checkpoints against PyTorch itself: what torch.save writes is read equal, what Ocelli writes torch.load reads equal. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type DType, dtypes } from '../../src/base/dtype.ts';
import { float32ToBfloat16, float32ToFloat16 } from '../../src/base/half.ts';
import { bytesOf } from '../../src/base/tensor.ts';
import { bufferSource, memorySink } from '../../src/platform/buffer.ts';
import { inspectCheckpoint, openCheckpoint, writePth, writeSafetensors } from '../../src/weights/index.ts';
import { sampleTensor, sha256, toWrite } from './support.ts';

const python = process.env.OCELLI_PYTHON ?? '/usr/bin/python3';
const script = fileURLToPath(new URL('torch-goldens.py', import.meta.url));

interface Golden {
  readonly tensors: readonly unknown[];
  readonly other: readonly unknown[] | null;
}

function run(...args: string[]): unknown {
  return JSON.parse(
    execFileSync(python, [script, ...args], { encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'ignore'] }),
  );
}

function haveTorch(): boolean {
  try {
    execFileSync(python, ['-c', 'import torch, numpy'], { stdio: 'ignore' });
    return true;
  } catch {
    console.log(`skipped: ${python} has no torch and numpy; set OCELLI_PYTHON`);
    return false;
  }
}

function inFolder<T>(body: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'ocelli-weights-'));
  try {
    return body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.skipIf(!haveTorch())('against PyTorch', () => {
  it('reads what torch.save writes: all types, views, numpy, nesting; zip, legacy, tar, TorchScript; protocols 1 to 5', async () => {
    const files: [string, Uint8Array, Golden][] = inFolder((folder) =>
      Object.entries(run('write', folder) as Record<string, Golden>).map(([file, golden]) => [
        file,
        new Uint8Array(readFileSync(join(folder, file))),
        golden,
      ]),
    );
    expect(files.length).toBe(51);
    for (const [file, bytes, golden] of files) {
      const { tensors, other } = await inspectCheckpoint(bufferSource(file, bytes), sha256);
      if (golden.other === null) expect(new Set(tensors), file).toEqual(new Set(golden.tensors));
      else {
        expect(tensors, file).toEqual(golden.tensors);
        expect(other, file).toEqual(golden.other);
      }
    }
  });

  it('writes .pth files that torch.load reads equal, every type torch has', async () => {
    const names = (Object.keys(dtypes) as DType[]).filter((dtype) => !['uint16', 'uint32', 'uint64'].includes(dtype));
    const shapes = [[], [0, 3], [5], [2, 3, 4]];
    const tensors = names.flatMap((dtype) =>
      shapes.map((shape) => toWrite(`${dtype}.${shape.join('x')}.é`, sampleTensor(dtype, shape))),
    );
    const sink = memorySink();
    await writePth(
      sink,
      tensors,
      new Map([
        ['', 2],
        ['layer', 1],
      ]),
    );
    const ours = await inspectCheckpoint(bufferSource('ours', sink.bytes()), sha256);
    const theirs = inFolder((folder) => {
      const path = join(folder, 'ours.pth');
      writeFileSync(path, sink.bytes());
      return run('read', path) as Golden;
    });
    expect(ours.tensors.length).toBe(40);
    expect(theirs.tensors).toEqual(ours.tensors);
  });

  it('rounds to float16 and bfloat16 as torch does: 2^20 patterns of float32', () => {
    const bits = new Uint32Array(2 ** 20);
    for (let i = 0; i < bits.length; i++) bits[i] = Math.imul(i, 2654435761);
    const values = new Float32Array(bits.buffer).map((value) => (Number.isNaN(value) ? 0 : value));
    const hash = (halves: Uint16Array): string => {
      const running = sha256();
      running.update(new Uint8Array(halves.buffer));
      return running.digest();
    };
    const ours = { 'torch.float16': hash(float32ToFloat16(values)), 'torch.bfloat16': hash(float32ToBfloat16(values)) };
    expect(ours).toEqual(run('round'));
  });

  it('keeps values through .pth and .safetensors of every type', async () => {
    for (const write of [writePth, writeSafetensors]) {
      const tensors = (Object.keys(dtypes) as DType[]).map((dtype) => toWrite(dtype, sampleTensor(dtype, [3, 5])));
      const sink = memorySink();
      await write(sink, tensors);
      const checkpoint = await openCheckpoint(bufferSource('ours', sink.bytes()));
      for (const { name, dtype } of checkpoint.entries) {
        expect(name).toBe(dtype);
        expect(bytesOf(await checkpoint.read(name))).toEqual(bytesOf(sampleTensor(dtype, [3, 5])));
      }
      expect(checkpoint.entries.length).toBe(13);
    }
  });
});
