/** `ocelli models`: the models there are, their sizes and their published weights. */
import { OcelliError } from '../../base/errors.ts';
import { familyOf, getModel, getModelWeights, listModels } from '../../models/registry.ts';
import { countParameters } from '../../nn/state-dict.ts';
import type { Context } from '../context.ts';
import { count, table } from '../format.ts';
import type { Outcome } from '../outcome.ts';

/** One element of the JSON output. */
interface ModelRow {
  readonly name: string;
  readonly family: string;
  /** Elements of all parameters, buffers not counted. */
  readonly params: number;
  readonly weights: readonly {
    readonly name: string;
    readonly default: boolean;
    /** Share of right first guesses in percent, on the data set that the entry's name says. */
    readonly accuracy: number;
    readonly url: string;
  }[];
}

export async function models(
  pattern: string | undefined,
  options: { readonly json?: boolean },
  context: Context,
): Promise<Outcome> {
  const names = matching(pattern);
  const rows: ModelRow[] = [];
  for (const name of names) {
    const weights = await getModelWeights(name);
    // The tables say how many parameters a model has; one without weights is built and counted.
    const params = weights[0]?.meta.numParams ?? countParameters(await getModel(name));
    rows.push({
      name,
      family: familyOf(name),
      params,
      weights: weights.map((entry) => ({
        name: entry.name,
        default: entry.default,
        accuracy: entry.meta.accuracy['acc@1'],
        url: entry.url,
      })),
    });
  }
  context.print(options.json ? JSON.stringify(rows, null, 2) : asTable(rows, context));
  return 0;
}

/** A pattern without wildcards lists what contains it. */
function matching(pattern: string | undefined): readonly string[] {
  const names = pattern === undefined ? listModels() : listModels(/[*?]/.test(pattern) ? pattern : `*${pattern}*`);
  if (names.length === 0) {
    throw new OcelliError('usage', `no model matches "${pattern}"; \`ocelli models\` lists them all`);
  }
  return names;
}

function asTable(rows: readonly ModelRow[], { colors, width }: Context): string {
  const lines = rows.flatMap((row) =>
    (row.weights.length > 0 ? row.weights : [undefined]).map((entry, i) => [
      i === 0 ? row.name : '',
      i === 0 ? row.family : '',
      i === 0 ? count(row.params) : '',
      entry ? `${entry.name}${entry.default ? ' *' : ''}` : '',
      entry ? entry.accuracy.toFixed(3) : '',
    ]),
  );
  const text = table(
    [
      { title: 'Model', flexible: true },
      { title: 'Family' },
      { title: 'Params', align: 'right' },
      { title: 'Weights' },
      { title: 'Top-1 %', align: 'right' },
    ],
    lines,
    width,
  );
  const [head = '', ...body] = text.split('\n');
  return [colors.bold(head), ...body, colors.dim("* is what DEFAULT stands for. IMAGENET1K accuracies are torchvision's.")].join(
    '\n',
  );
}
