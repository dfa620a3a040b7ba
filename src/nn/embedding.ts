/** The vector that a model makes of a picture before it decides: what its head is given. */
import type { Value } from '../compiler/ir/graph.ts';
import { flatten, mean } from './functional.ts';
import type { AnyModule } from './module.ts';
import { findHead } from './surgery.ts';
import { isValue, type Watch } from './trace-context.ts';

export interface EmbeddingFinder {
  readonly watch: Watch;
  /** The embedding [N, features] of the run that was watched; undefined when the model has none. */
  value(): Value | undefined;
}

/**
 * Finds the embedding while a model runs: the result, flattened, of the module that `Module.embeddingPath` names; of any other model
 * what its head is given, averaged over positions where it has any, as a convolution as head is given maps [N, C, H, W].
 */
export function embeddingFinder(model: AnyModule): EmbeddingFinder {
  const own = model.embeddingPath();
  const head = own === undefined ? findHead(model)?.path : undefined;
  let found: Value | undefined;
  return {
    watch: (path, given, result) => {
      if (path === own) found = isValue(result) ? result : undefined;
      else if (path === head) found = given[0];
    },
    value: () => found && (own === undefined ? pooled(found) : flatten(found, 1)),
  };
}

/** Means over all axes but the first two. */
function pooled(x: Value): Value {
  const axes = x.type.shape.map((_, axis) => axis).slice(2);
  return axes.length === 0 ? x : mean(x, axes);
}
