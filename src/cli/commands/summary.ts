/** `ocelli summary`: a model layer by layer. */
import { getModel, getModelWeights } from '../../models/registry.ts';
import { summarize } from '../../program/summary.ts';
import type { Context } from '../context.ts';
import { bytes, count, table } from '../format.ts';
import type { Outcome } from '../outcome.ts';

export interface SummaryOptions {
  readonly model: string;
  readonly numClasses?: number;
  readonly size?: number;
  readonly json?: boolean;
}

export async function summary(options: SummaryOptions, context: Context): Promise<Outcome> {
  const { model, numClasses } = options;
  const net = await getModel(model, numClasses === undefined ? {} : { numClasses });
  const weights = await getModelWeights(model);
  const preset = (weights.find((entry) => entry.default) ?? weights[0])?.preset;
  const size = options.size ?? preset?.crop ?? 224;
  const result = summarize(net, { inputShape: [1, 3, size, size] });
  if (options.json) {
    context.print(JSON.stringify(result, null, 2));
    return 0;
  }
  const { colors, width } = context;
  const rows = result.layers.map((layer) => [
    layer.name || '(model)',
    layer.type,
    layer.output.join(' x '),
    layer.params === 0 ? '' : count(layer.params),
    layer.multiplyAdds === 0 ? '' : count(layer.multiplyAdds),
  ]);
  const text = table(
    [
      { title: 'Layer', flexible: true },
      { title: 'Type' },
      { title: 'Output' },
      { title: 'Params', align: 'right' },
      { title: 'Mult-adds', align: 'right' },
    ],
    rows,
    width,
  );
  const [head = '', ...body] = text.split('\n');
  context.print([colors.bold(head), ...body].join('\n'));
  context.print(`\n${colors.bold(model)} at ${size} x ${size}`);
  context.print(`  parameters     ${count(result.params)}`);
  context.print(`  multiply-adds  ${count(result.multiplyAdds)}`);
  context.print(`  activations    ${bytes(result.activationBytes)}`);
  return 0;
}
