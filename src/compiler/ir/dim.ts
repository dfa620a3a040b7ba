/**
 * Dimensions: a number, or a symbolic expression in named dims ("N", "floor(H/2)+1") kept as canonical text, so that
 * two equal expressions are equal strings.
 *
 * A canonical expression is a sum of integer multiples of atoms plus an integer; an atom is a name,
 * `floor(<expression>/<integer>)`, or a product of atoms `A*B`.
 */
import { OcelliError } from '../../base/errors.ts';

export type Dim = number | string;

/** Coefficient by atom; the constant stands under the empty atom. */
type Terms = Map<string, number>;

/** Splits at a separator that stands outside parentheses. */
function splitTop(text: string, separators: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (c === '(') depth++;
    else if (c === ')') depth--;
    else if (depth === 0 && i > start && separators.includes(c)) {
      parts.push(text.slice(start, i));
      start = c === '-' ? i : i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function termsOf(dim: Dim): Terms {
  const terms: Terms = new Map();
  if (typeof dim === 'number') {
    terms.set('', dim);
    return terms;
  }
  for (const part of splitTop(dim, '+-')) {
    const negative = part.startsWith('-');
    const factors = splitTop(negative ? part.slice(1) : part, '*');
    let coefficient = negative ? -1 : 1;
    const atoms: string[] = [];
    for (const factor of factors) {
      if (/^\d+$/.test(factor)) coefficient *= Number(factor);
      else atoms.push(factor);
    }
    const atom = atoms.sort().join('*');
    terms.set(atom, (terms.get(atom) ?? 0) + coefficient);
  }
  return terms;
}

function print(terms: Terms): Dim {
  const atoms = [...terms].filter(([atom, k]) => atom !== '' && k !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
  const constant = terms.get('') ?? 0;
  if (atoms.length === 0) return constant;
  let text = '';
  for (const [atom, k] of atoms) {
    const body = Math.abs(k) === 1 ? atom : `${Math.abs(k)}*${atom}`;
    text += k < 0 ? `-${body}` : text === '' ? body : `+${body}`;
  }
  if (constant !== 0) text += constant < 0 ? `${constant}` : `+${constant}`;
  return text;
}

/** a + b. */
export function addDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  const sum = termsOf(a);
  for (const [atom, k] of termsOf(b)) sum.set(atom, (sum.get(atom) ?? 0) + k);
  return print(sum);
}

/** a · b. */
export function multiplyDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  const product: Terms = new Map();
  for (const [x, k] of termsOf(a)) {
    for (const [y, l] of termsOf(b)) {
      const atom = [...x.split('*'), ...y.split('*')]
        .filter((factor) => factor !== '')
        .sort()
        .join('*');
      product.set(atom, (product.get(atom) ?? 0) + k * l);
    }
  }
  return print(product);
}

/** a − b. */
export function subtractDims(a: Dim, b: Dim): Dim {
  return addDims(a, multiplyDims(-1, b));
}

/**
 * ⌊a / divisor⌋ for a positive integer divisor. Whole multiples of the divisor are taken out of the floor, and what is left
 * in it has no minus, as ONNX divides towards zero: ⌊−N / 2⌋ is −N + ⌊N / 2⌋.
 */
export function floorDivideDim(a: Dim, divisor: number): Dim {
  if (typeof a === 'number') return Math.floor(a / divisor);
  if (divisor === 1) return a;
  const whole: Terms = new Map();
  const rest: Terms = new Map();
  for (const [atom, k] of termsOf(a)) {
    const inside = ((k % divisor) + divisor) % divisor;
    rest.set(atom, inside);
    whole.set(atom, (k - inside) / divisor);
  }
  const remainder = print(rest);
  const atom = typeof remainder === 'number' ? 0 : `floor(${remainder}/${divisor})`;
  return addDims(print(whole), atom);
}

/** The product of all dims; 1 of none. */
export function productOfDims(dims: readonly Dim[]): Dim {
  return dims.reduce<Dim>((product, dim) => multiplyDims(product, dim), 1);
}

/** True when both are known to be the same; two different expressions may still be equal at run time. */
export function sameDim(a: Dim, b: Dim): boolean {
  return a === b;
}

/**
 * How an expression is made, for whoever must compute it: a number, a name, a sum, a product, or a floored quotient.
 */
export type DimTree =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'sum' | 'product'; readonly parts: readonly DimTree[] }
  | { readonly kind: 'floorDivide'; readonly part: DimTree; readonly divisor: number };

/** Takes an expression apart. */
export function dimTree(dim: Dim): DimTree {
  if (typeof dim === 'number') return { kind: 'number', value: dim };
  const parts: DimTree[] = [];
  for (const [atom, k] of termsOf(dim)) {
    const factors: DimTree[] = atom === '' ? [] : splitTop(atom, '*').map(atomTree);
    if (k !== 1 || factors.length === 0) factors.push({ kind: 'number', value: k });
    parts.push(factors.length === 1 ? (factors[0] as DimTree) : { kind: 'product', parts: factors });
  }
  return parts.length === 1 ? (parts[0] as DimTree) : { kind: 'sum', parts };
}

function atomTree(atom: string): DimTree {
  const floor = /^floor\((.*)\/(\d+)\)$/.exec(atom);
  if (floor) return { kind: 'floorDivide', part: dimTree(floor[1] as string), divisor: Number(floor[2]) };
  return { kind: 'name', name: atom };
}

/**
 * The number a dim has once every name has one.
 * @throws shape when a name has no value
 */
export function evaluateDim(dim: Dim, names: ReadonlyMap<string, number>): number {
  if (typeof dim === 'number') return dim;
  const walk = (tree: DimTree): number => {
    switch (tree.kind) {
      case 'number':
        return tree.value;
      case 'name': {
        const value = names.get(tree.name);
        if (value === undefined) throw new OcelliError('shape', `dim "${tree.name}" has no value; "${dim}" needs one`);
        return value;
      }
      case 'sum':
        return tree.parts.reduce((sum, part) => sum + walk(part), 0);
      case 'product':
        return tree.parts.reduce((product, part) => product * walk(part), 1);
      case 'floorDivide':
        return Math.floor(walk(tree.part) / tree.divisor);
    }
  };
  return walk(dimTree(dim));
}

/** True for a size, a name, or an expression as the functions above write it. */
export function isDim(dim: Dim): boolean {
  if (typeof dim === 'number') return Number.isInteger(dim) && dim >= 0;
  const named = (tree: DimTree): boolean => {
    if (tree.kind === 'name') return isDimName(tree.name);
    return tree.kind === 'number' || (tree.kind === 'floorDivide' ? [tree.part] : tree.parts).every(named);
  };
  return named(dimTree(dim)) && addDims(dim, 0) === dim;
}

/** True for a name a caller may give to a dim: a letter, then letters, digits or `_`. */
export function isDimName(dim: Dim): dim is string {
  return typeof dim === 'string' && /^[A-Za-z_]\w*$/.test(dim);
}
