/** Which new values of a step may be written over the old ones. */
import type { Node, Value } from '../compiler/ir/graph.ts';

export class Overwriting {
  readonly #places = new Map<Node, number>();
  readonly #makers = new Map<Value, Node>();
  readonly #users = new Map<Value, Set<Node>>();

  constructor(nodes: readonly Node[]) {
    nodes.forEach((node, i) => {
      this.#places.set(node, i);
      for (const output of node.outputs) this.#makers.set(output, node);
      for (const input of node.inputs) {
        const users = this.#users.get(input);
        if (users) users.add(node);
        else this.#users.set(input, new Set([node]));
      }
    });
  }

  /** True when every node that reads `before` lies upstream of the node that makes `after`, which itself does not read it. */
  allows(before: Value, after: Value): boolean {
    const maker = this.#makers.get(after);
    const users = new Set(this.#users.get(before));
    if (!maker || users.has(maker)) return false;
    const first = Math.min(...[...users].map((node) => this.#place(node)));
    const seen = new Set<Node>([maker]);
    // Nodes made before the first reader cannot have one upstream.
    for (const node of seen) {
      users.delete(node);
      if (users.size === 0) return true;
      for (const input of node.inputs) {
        const upstream = this.#makers.get(input);
        if (upstream && this.#place(upstream) >= first) seen.add(upstream);
      }
    }
    return users.size === 0;
  }

  #place(node: Node): number {
    return this.#places.get(node) as number;
  }
}
