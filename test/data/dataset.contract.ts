/** What every data set must do: cases that use no test framework. */
import { isOcelliError } from '../../src/base/errors.ts';
import type { ClipSample, Dataset, Sample } from '../../src/data/dataset.ts';
import { openPortable } from '../../src/data/portable.ts';
import type { Picture } from '../../src/platform/image.ts';
import type { Platform } from '../../src/platform/platform.ts';

type AnyDataset = Dataset<Sample | ClipSample>;

export interface DatasetCase {
  readonly name: string;
  run(dataset: AnyDataset, platform: Platform): Promise<void>;
}

function check(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

/** Some indices, the first and the last among them. */
function someOf({ length }: AnyDataset): number[] {
  return [...new Set([0, 1, 2, length >> 1, length - 2, length - 1])].filter((index) => index >= 0 && index < length);
}

function picturesOf(sample: Sample | ClipSample): readonly Picture[] {
  return 'frames' in sample ? sample.frames : [sample.picture];
}

/** Everything in a sample, as text. */
function textOf(sample: Sample | ClipSample): string {
  const pictures = picturesOf(sample).map(({ width, height, channels, data }) => `${width}x${height}x${channels}:${data.join()}`);
  return `${sample.label} ${pictures.join(' ')}`;
}

export const datasetCases: readonly DatasetCase[] = [
  {
    name: 'has a name, classes of different names, and samples of every class',
    async run(dataset) {
      check(dataset.name.length > 0, 'it has no name');
      check(Number.isInteger(dataset.length) && dataset.length > 0, `its length is ${dataset.length}`);
      check(new Set(dataset.classes).size === dataset.classes.length, 'two classes have one name');
      const seen = new Set(Array.from({ length: dataset.length }, (_, index) => dataset.label(index)));
      check(seen.size === dataset.classes.length, `${seen.size} of ${dataset.classes.length} classes have samples`);
      check(Math.min(...seen) === 0 && Math.max(...seen) === dataset.classes.length - 1, 'labels are no class numbers');
    },
  },
  {
    name: 'gives pictures of its format, whose labels are those it says',
    async run(dataset) {
      const { channels, size, frames } = dataset.format;
      for (const index of someOf(dataset)) {
        const sample = await dataset.get(index);
        check(sample.label === dataset.label(index), `sample ${index} has label ${sample.label}, not ${dataset.label(index)}`);
        check(picturesOf(sample).length === (frames ?? 1), `sample ${index} has ${picturesOf(sample).length} pictures`);
        for (const picture of picturesOf(sample)) {
          const { width, height, data } = picture;
          check(picture.channels === channels, `sample ${index} has ${picture.channels} channels`);
          check(size === undefined || (size.width === width && size.height === height), `sample ${index} is ${width}x${height}`);
          check(data.length === width * height * channels, `sample ${index} has ${data.length} bytes`);
        }
      }
    },
  },
  {
    name: 'gives the same sample at every call, in any order',
    async run(dataset) {
      const indices = someOf(dataset);
      const first = await Promise.all(indices.map(async (index) => textOf(await dataset.get(index))));
      const again = await Promise.all(indices.toReversed().map(async (index) => textOf(await dataset.get(index))));
      check(first.join() === again.toReversed().join(), 'samples differ between calls');
      check(new Set(first).size > 1 || indices.length === 1, 'all samples are the same');
    },
  },
  {
    name: 'refuses indices that are no samples, with its name and length',
    async run(dataset) {
      for (const index of [-1, dataset.length, 0.5, Number.NaN]) {
        const asks: readonly (() => unknown)[] = [() => dataset.label(index), () => dataset.get(index)];
        for (const ask of asks) {
          const error: unknown = await Promise.resolve()
            .then(ask)
            .then(
              () => undefined,
              (thrown: unknown) => thrown,
            );
          check(isOcelliError(error) && error.code === 'usage', `index ${index}: ${String(error)}`);
          check(String(error).includes(String(dataset.length)), `"${String(error)}" does not say the length`);
        }
      }
    },
  },
  {
    name: 'calls its samples by names of their own',
    async run(dataset) {
      const names = someOf(dataset).map((index) => dataset.describe(index));
      check(new Set(names).size === names.length && !names.includes(''), names.join());
    },
  },
  {
    name: 'is the same after a way through another thread',
    async run(dataset, platform) {
      const { portable } = dataset;
      if (portable === undefined) throw new Error('it has no description');
      const copy = openPortable(structuredClone(portable), platform);
      const facts = ({ name, length, classes, format }: AnyDataset): string => JSON.stringify([name, length, classes, format]);
      check(facts(copy) === facts(dataset), `${facts(copy)} is not ${facts(dataset)}`);
      for (const index of someOf(dataset)) {
        check(textOf(await copy.get(index)) === textOf(await dataset.get(index)), `sample ${index} differs`);
        check(copy.describe(index) === dataset.describe(index), `${copy.describe(index)} is not ${dataset.describe(index)}`);
      }
    },
  },
];
