/** `ocelli summary` of models that are built from blocks. */
import { expect, test } from 'vitest';
import { summary } from '../../src/cli/commands/summary.ts';
import { createContext } from '../../src/cli/context.ts';

/** What the command prints. */
async function printed(model: string, json = false): Promise<string> {
  let text = '';
  const stdout = { write: (part: string) => (text += part) };
  const stdin = (async function* () {})();
  const io = { stdout, stderr: stdout, stdin, env: { NO_COLOR: '1' }, signal: new AbortController().signal };
  expect(await summary({ model, json }, createContext(io))).toBe(0);
  return text;
}

const blocks = ['ds_r1_k3_s1_c16_se0.25', 'ir_r2_k3_s2_e4_c24_se0.25', 'ir_r2_k5_s2_e4_c40_se0.25', 'ir_r2_k3_s1_e4_c64_se0.25'];

test('block strings, a stage in a line', async () => {
  const stages = ['  blocks         stem 16, stride 1, silu', ...blocks.map((block) => `                 ${block}`)];
  expect(await printed('efficientnet_mini')).toContain([...stages, '                 head 256\n'].join('\n'));
  expect(await printed('lenet5')).not.toContain('blocks');
});

test('the network as JSON', async () => {
  expect(JSON.parse(await printed('efficientnet_mini', true))).toMatchObject({
    params: 129778,
    network: { stem: 16, stemStride: 1, blocks: blocks.join(' '), head: 256, activation: 'silu', squeeze: 'input' },
  });
});
