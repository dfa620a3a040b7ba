/** What Ocelli writes as `.pth` is read by torch and fits torchvision's models, values equal. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bytesOf } from '../../src/base/tensor.ts';
import { getModel } from '../../src/models/registry.ts';
import { initialize, stateDict } from '../../src/nn/state-dict.ts';
import { nodePlatform } from '../../src/platform/node.ts';
import { saveWeights } from '../../src/tasks/load-weights.ts';

const script = `
import sys, hashlib, torch, torchvision
path, name = sys.argv[1:]
state = torch.load(path)
model = getattr(torchvision.models, name)(num_classes=5)
model.load_state_dict(state)
digest = hashlib.sha256()
for value in model.state_dict().values():
    digest.update(value.contiguous().numpy().tobytes())
print(digest.hexdigest())
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocelli-save-'));
});
afterAll(() => rm(folder, { recursive: true }));

test.each(['resnet18', 'efficientnet_b0', 'mobilenet_v2', 'squeezenet1_1', 'mnasnet0_5', 'mnasnet1_0'])('%s', async (name) => {
  const model = await getModel(name, { numClasses: 5 });
  initialize(model, { seed: 3 });
  const file = join(folder, `${name}.pth`);
  await saveWeights(model, file, { platform: nodePlatform() });
  const hash = createHash('sha256');
  for (const value of stateDict(model).values()) hash.update(bytesOf(value));
  const { stdout } = await promisify(execFile)('/usr/bin/python3', ['-c', script, file, name]);
  expect(stdout.trim()).toBe(hash.digest('hex'));
});
