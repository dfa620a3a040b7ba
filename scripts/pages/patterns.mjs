/** Groups of nodes that are one thing to a reader though no module holds them together. */

/**
 * The nodes of every squash, s · ‖s‖ / (1 + ‖s‖²), by their first one: from the sum of squares of s to the product with s.
 * @param constants values that do not depend on the input
 */
export function squashes(nodes, constants) {
  const found = new Map();
  for (const first of nodes.filter(({ op }) => op === 'sumSquare')) {
    const source = first.inputs[0];
    const members = [first];
    const values = new Set(first.outputs);
    for (const node of nodes.slice(nodes.indexOf(first) + 1)) {
      const data = node.inputs.filter((value) => !constants.has(value));
      if (data.length === 0 || !data.some((value) => values.has(value))) continue;
      if (!data.every((value) => values.has(value) || value === source)) break;
      members.push(node);
      for (const value of node.outputs) values.add(value);
      if (node.op === 'mul' && data.includes(source)) {
        if (members.map(({ op }) => op).join() === 'sumSquare,add,sqrt,add,div,mul') found.set(first, members);
        break;
      }
    }
  }
  return found;
}
