/** Adds to a counter file under a lock: `lock-worker FOLDER TIMES MODE`; in mode `die` it ends while holding the lock. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodePlatform } from '../../src/platform/node.ts';

const [folder = '', times = '0', mode = ''] = process.argv.slice(2);
const { files } = nodePlatform();
const counter = join(folder, 'counter');
for (let i = 0; i < Number(times); i++) {
  await files.withLock(counter, async () => {
    if (mode === 'die') process.exit(0);
    const value = Number(readFileSync(counter, 'utf8'));
    await new Promise((resolve) => setTimeout(resolve, 1));
    writeFileSync(counter, String(value + 1));
  });
}
