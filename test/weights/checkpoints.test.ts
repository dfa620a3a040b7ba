/** Third-party checkpoints are read as torch.load reads them (goldens.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inspectCheckpoint } from '../../src/weights/inspect.ts';
import { dataSource, haveData, sha256 } from './support.ts';

interface Golden {
  readonly tensors: readonly { name: string; dtype: string; shape: number[]; sha256: string }[];
  readonly other: readonly { name: string; value: unknown }[];
}

const goldens = JSON.parse(readFileSync(new URL('checkpoints.golden.json', import.meta.url), 'utf8')) as Record<
  string,
  Golden | null
>;

describe.skipIf(!haveData())('third-party checkpoints', () => {
  for (const [file, golden] of Object.entries(goldens)) {
    it(golden === null ? `refuses ${file}` : `reads ${file}`, async () => {
      const inspection = inspectCheckpoint(dataSource(file), sha256);
      if (golden === null) return await expect(inspection).rejects.toMatchObject({ name: 'OcelliError', code: 'format' });
      const { tensors, other } = await inspection;
      expect(tensors).toEqual(golden.tensors);
      expect(other).toEqual(golden.other);
    });
  }
});
