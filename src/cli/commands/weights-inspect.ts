/** `ocelli weights inspect`: the tensors of a checkpoint, and what else is in it. */
import { inspectCheckpoint } from '../../weights/inspect.ts';
import { openCheckpoint } from '../../weights/open.ts';
import type { Context } from '../context.ts';
import { count, table } from '../format.ts';
import type { Outcome } from '../outcome.ts';

/** How many of the values that are no tensors the table shows. */
const SHOWN = 20;

export async function inspect(file: string, options: { readonly json?: boolean }, context: Context): Promise<Outcome> {
  const platform = await context.platform();
  const source = await platform.files.open(file);
  if (options.json) {
    context.print(JSON.stringify(await inspectCheckpoint(source, () => platform.sha256()), null, 2));
    return 0;
  }
  const checkpoint = await openCheckpoint(source);
  await checkpoint.close();
  const { entries, other, format } = checkpoint;
  const elements = entries.reduce((sum, entry) => sum + entry.shape.reduce((product, dim) => product * dim, 1), 0);
  const { colors, width } = context;
  context.print(`${colors.bold(file)}: ${format}, ${entries.length} tensors, ${count(elements)} values`);
  if (entries.length > 0) {
    const rows = entries.map((entry) => [entry.name || '(bare tensor)', entry.dtype, `[${entry.shape.join(', ')}]`]);
    context.print(table([{ title: 'Name', flexible: true }, { title: 'Type' }, { title: 'Shape' }], rows, width));
  }
  for (const { name, value } of other.slice(0, SHOWN))
    context.print(`${name || '(root)'} = ${JSON.stringify(value)}`.slice(0, width));
  if (other.length > SHOWN) context.print(`and ${other.length - SHOWN} values more; --json lists them`);
  return 0;
}
