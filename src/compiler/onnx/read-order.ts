/** The nodes of an ONNX file that its outputs need, in an order in which every value is made before it is used. */
import { OcelliError } from '../../base/errors.ts';
import type { NodeProto } from './onnx_pb.ts';

/** `Conv "/layer1/conv"`, or by its first output where the node has no name. */
export function describeNode(node: NodeProto): string {
  return `${operatorOf(node)} "${node.name || (node.output[0] ?? '')}"`;
}

/** The operator, `com.microsoft.QuickGelu` for one that is not of the standard. */
export function operatorOf({ domain, opType }: NodeProto): string {
  return domain === '' || domain === 'ai.onnx' ? opType : `${domain}.${opType}`;
}

/**
 * @param given names of inputs and initializers
 * @throws format for values made twice, values that nothing makes, and cycles, naming the node
 */
export function orderNodes(
  nodes: readonly NodeProto[],
  given: ReadonlySet<string>,
  outputs: readonly string[],
): readonly NodeProto[] {
  const makers = makersOf(nodes, given);
  const needed = neededNodes(makers, given, outputs);
  const wanted = nodes.filter((node) => needed.has(node));
  const place = new Map(wanted.map((node, i) => [node, i]));
  const isSorted = wanted.every((node, i) => makersOfInputs(node, makers).every((maker) => (place.get(maker) ?? 0) < i));
  return isSorted ? wanted : sorted(wanted, makers);
}

/** The nodes that make what this one reads, each once. */
function makersOfInputs(node: NodeProto, makers: ReadonlyMap<string, NodeProto>): readonly NodeProto[] {
  return [...new Set(node.input.flatMap((name) => makers.get(name) ?? []))];
}

/** Kahn's algorithm: a node follows once all that it waits for is there. */
function sorted(nodes: readonly NodeProto[], makers: ReadonlyMap<string, NodeProto>): readonly NodeProto[] {
  const waitsFor = new Map<NodeProto, number>();
  const users = new Map<NodeProto, NodeProto[]>(nodes.map((node) => [node, []]));
  for (const node of nodes) {
    const before = makersOfInputs(node, makers);
    waitsFor.set(node, before.length);
    for (const maker of before) users.get(maker)?.push(node);
  }
  const ordered = nodes.filter((node) => waitsFor.get(node) === 0);
  for (const node of ordered) {
    for (const user of users.get(node) ?? []) {
      const left = (waitsFor.get(user) ?? 0) - 1;
      waitsFor.set(user, left);
      if (left === 0) ordered.push(user);
    }
  }
  if (ordered.length < nodes.length) {
    const circle = nodes.filter((node) => waitsFor.get(node) !== 0).slice(0, 3);
    throw new OcelliError('format', `ONNX model: nodes need each other in a circle: ${circle.map(describeNode).join(', ')}`);
  }
  return ordered;
}

function makersOf(nodes: readonly NodeProto[], given: ReadonlySet<string>): ReadonlyMap<string, NodeProto> {
  const makers = new Map<string, NodeProto>();
  for (const node of nodes) {
    for (const name of node.output) {
      if (name === '') continue;
      if (makers.has(name) || given.has(name)) {
        throw new OcelliError('format', `ONNX model: "${name}" is made twice, the second time by ${describeNode(node)}`);
      }
      makers.set(name, node);
    }
  }
  return makers;
}

function neededNodes(
  makers: ReadonlyMap<string, NodeProto>,
  given: ReadonlySet<string>,
  outputs: readonly string[],
): ReadonlySet<NodeProto> {
  const needed = new Set<NodeProto>();
  const pending = outputs.map((name) => ({ name, by: 'the outputs' }));
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { name, by } = next;
    if (name === '' || given.has(name)) continue;
    const maker = makers.get(name);
    if (!maker) throw new OcelliError('format', `ONNX model: "${name}" is needed by ${by}, but nothing in the file makes it`);
    if (needed.has(maker)) continue;
    needed.add(maker);
    for (const input of maker.input) pending.push({ name: input, by: describeNode(maker) });
  }
  return needed;
}
