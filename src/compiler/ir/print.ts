/** Graphs as stable text, one node a line, for snapshots, diffs and error excerpts. */
import { describeTensor, elementCount } from '../../base/tensor.ts';
import { isTensorAttr } from './builder.ts';
import { type Attr, describeType, type Graph, type Node, type Value } from './graph.ts';

function printAttr(attr: Attr): string {
  if (isTensorAttr(attr)) {
    const few = elementCount(attr.shape) <= 8;
    return few ? `${describeTensor(attr)}{${Array.from(attr.data, String).join(', ')}}` : describeTensor(attr);
  }
  return Array.isArray(attr) ? `[${attr.join(', ')}]` : String(attr);
}

/** `%7 = conv(%3, %4) {strides=[2, 2]} : float32[N, 64, 112, 112]  @layer1.0.conv1` */
export function printNode(node: Node, nameOf: (value: Value) => string = (value) => `%${value.id}`): string {
  const attrs = Object.entries(node.attrs as Readonly<Record<string, Attr>>)
    .filter(([, attr]) => attr !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, attr]) => `${key}=${printAttr(attr)}`);
  const outputs = node.outputs.map(nameOf).join(', ');
  const types = node.outputs.map((output) => describeType(output.type)).join(', ');
  const braces = attrs.length > 0 ? ` {${attrs.join(', ')}}` : '';
  const scope = node.scope === '' ? '' : `  @${node.scope}`;
  return `${outputs} = ${node.op}(${node.inputs.map(nameOf).join(', ')})${braces} : ${types}${scope}`;
}

/** The whole graph. Values are numbered in the order of appearance, so equal graphs print equally. */
export function printGraph(graph: Graph): string {
  const numbers = new Map<Value, number>();
  const nameOf = (value: Value): string => {
    const number = numbers.get(value) ?? numbers.size;
    numbers.set(value, number);
    return `%${number}`;
  };
  const lines: string[] = [];
  for (const { name, value } of graph.inputs) lines.push(`input ${nameOf(value)} "${name}" : ${describeType(value.type)}`);
  for (const { name, value } of graph.parameters) {
    lines.push(`parameter ${nameOf(value)} "${name}" : ${describeType(value.type)}`);
  }
  for (const node of graph.nodes) {
    for (const input of node.inputs) nameOf(input);
    lines.push(printNode(node, nameOf));
  }
  for (const { name, value } of graph.outputs) lines.push(`output ${nameOf(value)} "${name}" : ${describeType(value.type)}`);
  return `${lines.join('\n')}\n`;
}
