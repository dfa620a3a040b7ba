/** A list of modules that its owner calls one by one. */
import { OcelliError } from '../../base/errors.ts';
import type { Value } from '../../compiler/ir/graph.ts';
import { Module } from '../module.ts';

/** Holds modules under the state-dict keys '0', '1', ...; iterate over it to call them. */
export class ModuleList<M extends Module<never, unknown> = Module> extends Module<readonly Value[], never> {
  constructor(modules: readonly M[] = []) {
    super();
    Object.assign(this, { ...modules });
  }

  get length(): number {
    return [...this.children()].length;
  }

  /** The module at a position. @throws usage when there is none */
  at(index: number): M {
    const module = [...this][index];
    if (!module) throw new OcelliError('usage', `module list: there is no module ${index}, it holds ${this.length}`);
    return module;
  }

  *[Symbol.iterator](): IterableIterator<M> {
    for (const [, module] of this.children()) yield module as Module<never, unknown> as M;
  }

  protected override forward(): never {
    throw new OcelliError('usage', 'a module list is not called itself; call the modules in it');
  }
}
