/** A part of a data set, or its samples in another order. */
import { type ClipSample, checkIndex, type Dataset, type Sample } from './dataset.ts';

/**
 * The samples of `dataset` at `indices`, in that order; an index may come more than once.
 * @throws usage for an index that is no sample's
 */
export function subset<S extends Sample | ClipSample>(
  dataset: Dataset<S>,
  indices: ArrayLike<number>,
  name: string = dataset.name,
): Dataset<S> {
  const chosen = Uint32Array.from(indices);
  for (let i = 0; i < chosen.length; i++) checkIndex(dataset, indices[i] as number);
  const at = (index: number): number => {
    checkIndex(part, index);
    return chosen[index] as number;
  };
  const { portable } = dataset;
  const part: Dataset<S> = {
    name,
    length: chosen.length,
    classes: dataset.classes,
    format: dataset.format,
    label: (index) => dataset.label(at(index)),
    get: (index) => dataset.get(at(index)),
    describe: (index) => dataset.describe(at(index)),
    ...(portable ? { portable: { kind: 'subset', of: portable, indices: chosen, name } } : {}),
  };
  return part;
}
