/** `ocelli summary`: a model layer by layer. */
import { blocksOf, hasBlocks } from '../../models/blocks/blocks-of.ts';
import type { BlockNetwork } from '../../models/blocks/network.ts';
import { getPreset } from '../../models/presets.ts';
import { getModel } from '../../models/registry.ts';
import { sizeOption } from '../../models/size-option.ts';
import { summarize } from '../../program/summary.ts';
import { presetChannels } from '../../transforms/preset.ts';
import type { Context } from '../context.ts';
import { bytes, count, table } from '../format.ts';
import type { Outcome } from '../outcome.ts';

export interface SummaryOptions {
  readonly model: string;
  readonly numClasses?: number;
  readonly inChannels?: number;
  readonly size?: number;
  readonly json?: boolean;
}

export async function summary(options: SummaryOptions, context: Context): Promise<Outcome> {
  const { model, numClasses } = options;
  const preset = await getPreset(model);
  const { size = preset.crop, inChannels = presetChannels(preset) } = options;
  const net = await getModel(model, {
    inChannels,
    ...sizeOption(model, size),
    ...(numClasses === undefined ? {} : { numClasses }),
  });
  const result = summarize(net, { inputShape: [1, inChannels, size, size] });
  const network = hasBlocks(net) ? blocksOf(net) : undefined;
  if (options.json) {
    context.print(JSON.stringify(network ? { ...result, network } : result, null, 2));
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
  context.print(`\n${colors.bold(model)} at ${size} x ${size}${inChannels === 3 ? '' : ` x ${inChannels}`}`);
  context.print(`  parameters     ${count(result.params)}`);
  context.print(`  multiply-adds  ${count(result.multiplyAdds)}`);
  context.print(`  activations    ${bytes(result.activationBytes)}`);
  if (result.receptiveField)
    context.print(`  sees           ${result.receptiveField.join(' x ')} pixels from the last feature map`);
  if (network) context.print(blockLines(network));
  return 0;
}

/** What the model is built from, a stage in a line, in the block-string notation. */
function blockLines({ stem, stemStride, blocks, head, activation }: BlockNetwork): string {
  const stages = [`stem ${stem}, stride ${stemStride}, ${activation}`, ...blocks.split(' '), `head ${head}`];
  return stages.map((stage, i) => `  ${(i === 0 ? 'blocks' : '').padEnd(13)}  ${stage}`).join('\n');
}
