/** Modules one after another. */
import { OcelliError } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { isModule, Module } from '../module.ts';

/** Modules by the names that become parts of state-dict keys. */
export type NamedModules = Readonly<Record<string, Module>>;

/**
 * Calls its modules one after another, each on what the one before gave. Its state-dict keys are positions, '0', '1', ...,
 * or the names of a record: `new Sequential(a, b)`, `new Sequential({ conv: a, norm: b })`.
 */
export class Sequential extends Module {
  constructor(...modules: readonly Module[] | readonly [NamedModules]) {
    super();
    const [first] = modules;
    const named = modules.length === 1 && first !== undefined && !isModule(first) ? first : { ...modules };
    for (const name of Object.keys(named)) {
      if (name in this) throw new OcelliError('usage', `sequential: a module cannot be named "${name}"`);
    }
    Object.assign(this, named);
  }

  protected override forward(x: Value): Value {
    let value = x;
    for (const [, module] of this.children()) value = (module as Module).call(value);
    return value;
  }
}
