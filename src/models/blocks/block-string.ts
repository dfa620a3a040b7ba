/**
 * The block-string notation: a stage of a network in one word, `ir_r2_k3_s2_e6_c24_se0.25`, read and printed. A word is a type and
 * its tokens, joined by `_`; a network's stages are words with white space between them. It is the notation of MnasNet's and
 * EfficientNet's official code, in the form that timm gave it.
 */
import { checkKeys, OcelliError } from '../../base/errors.ts';
import type { ActivationName, BlockSpec, BlockType } from './block-spec.ts';
import { activationTokens, blockTypes, hasSkip, type NumberTokenName, needed, numberTokens } from './tokens.ts';

const example = 'ir_r2_k3_s2_e6_c24_se0.25';
/** Characters of a word or token that a message quotes. */
const LONGEST_QUOTED = 80;
const activations = new Map(Object.entries(activationTokens).map(([name, token]) => [token, name as ActivationName]));

/**
 * Block strings as data. A block's tokens may stand in any order; what goes without saying (`d1`, `e1` where nothing expands, a
 * `skip` that is there anyhow) may be said.
 *
 * @example
 * parseBlocks('ds_r1_k3_s1_c16_se0.25 ir_r2_k3_s2_e6_c24_se0.25'); // [{ type: 'ds', repeats: 1, kernel: 3, ... }, ...]
 * @throws usage for tokens that are unknown, doubled, missing or out of range, naming the token, its block and what there may be
 */
export function parseBlocks(text: string): readonly BlockSpec[] {
  const words = text.split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) throw new OcelliError('usage', `a block string names at least one block, such as ${example}`);
  return words.map(parseBlock);
}

/**
 * Blocks as a string in the one form that says nothing twice: `parseBlocks` gives back the same blocks, and the same string prints
 * again.
 *
 * @throws usage for blocks that no string says, such as one with an even kernel, and for keys that blocks do not have
 */
export function printBlocks(blocks: readonly BlockSpec[]): string {
  const text = blocks.map(printBlock).join(' ');
  parseBlocks(text);
  return text;
}

function refuse(word: string, why: string): never {
  throw new OcelliError('usage', `block "${short(word)}": ${why}`);
}

/** A word or token as messages quote it: a hostile one may be megabytes long. */
function short(text: string): string {
  return text.length > LONGEST_QUOTED ? `${text.slice(0, LONGEST_QUOTED)}...` : text;
}

function refuseType(word: string, type: string): never {
  refuse(word, `unknown type "${short(type)}"; a block begins with ${Object.keys(blockTypes).join(', ')}, as in ${example}`);
}

function parseBlock(word: string): BlockSpec {
  const [type = '', ...tokens] = word.split('_');
  if (!isBlockType(type)) refuseType(word, type);
  const said = new Map<keyof BlockSpec, string>();
  const fields: Partial<BlockSpec> = {};
  for (const token of tokens) {
    const [field, value] = readToken(word, type, token);
    const before = said.get(field);
    if (before !== undefined) refuse(word, `"${before}" and "${token}" both say its ${field}; leave one`);
    said.set(field, token);
    Object.assign(fields, { [field]: value });
  }
  return complete(word, { type, ...fields });
}

function isBlockType(type: string): type is BlockType {
  return Object.hasOwn(blockTypes, type);
}

/** The field that a token says, and its value. */
function readToken(word: string, type: BlockType, token: string): readonly [keyof BlockSpec, BlockSpec[keyof BlockSpec]] {
  if (token === 'skip' || token === 'noskip') return ['skip', token === 'skip'];
  const activation = activations.get(token);
  if (activation !== undefined) return ['activation', activation];
  const [, letters = '', digits] = /^([a-z]+)(\d+(?:\.\d+)?)$/.exec(token) ?? [];
  if (!isNumberToken(letters)) refuse(word, `unknown token "${short(token)}"; ${type} takes ${tokensOf(type)}`);
  const value = Number(digits);
  const { takes, expands } = blockTypes[type];
  const idle = letters === 'e' && value === 1 && !expands;
  if (!needed.includes(letters) && !takes.includes(letters) && !idle) {
    refuse(word, `${type} does not take "${short(token)}"; it takes ${tokensOf(type)}`);
  }
  const { field, range, allows } = numberTokens[letters];
  if (!allows(value)) refuse(word, `"${short(token)}" is out of range; ${letters} (${nameOf(letters)}) is ${range}`);
  return [field, value];
}

/** What a token says, for people. */
function nameOf(letters: NumberTokenName): string {
  return letters === 'se' ? 'squeeze-and-excitation' : numberTokens[letters].field;
}

function isNumberToken(letters: string): letters is NumberTokenName {
  return Object.hasOwn(numberTokens, letters);
}

function tokensOf(type: BlockType): string {
  const { takes, skip } = blockTypes[type];
  const numbers = [...needed, ...takes].join(', ');
  return `${numbers} with a number, ${Object.values(activationTokens).join(', ')} and ${skip ? 'noskip' : 'skip'}`;
}

/** The block, once it has all that it needs, without what goes without saying. */
function complete(word: string, fields: Partial<BlockSpec> & { readonly type: BlockType }): BlockSpec {
  for (const letters of needed) {
    const { field, range } = numberTokens[letters];
    if (fields[field] === undefined) refuse(word, `${letters} (${nameOf(letters)}) is missing; it is ${range}, as in ${example}`);
  }
  // All that every block needs is there.
  const { expand, hidden, dilation, skip, ...rest } = fields as BlockSpec;
  const rules = blockTypes[rest.type];
  if (rules.expands && (expand === undefined) === (hidden === undefined)) {
    const ways = 'e (hidden channels per input channel) or h (hidden channels)';
    refuse(
      word,
      expand === undefined
        ? `its expansion is missing; add ${ways}, as in ${example}`
        : `it has two expansions; leave one, ${ways}`,
    );
  }
  return {
    ...rest,
    ...(expand !== undefined && rules.expands ? { expand } : {}),
    ...(hidden !== undefined ? { hidden } : {}),
    ...(dilation !== undefined && dilation !== 1 ? { dilation } : {}),
    ...(skip !== undefined && skip !== rules.skip ? { skip } : {}),
  };
}

const blockKeys: readonly string[] = ['type', ...Object.values(numberTokens).map(({ field }) => field), 'activation', 'skip'];

function printBlock(spec: BlockSpec): string {
  checkKeys('block', spec, blockKeys);
  if (!isBlockType(spec.type)) refuseType(spec.type, spec.type);
  const { expands, skip } = blockTypes[spec.type];
  const words: string[] = [spec.type];
  for (const [letters, { field }] of Object.entries(numberTokens)) {
    const value = spec[field];
    const idle = value === 1 && (field === 'dilation' || (field === 'expand' && !expands));
    if (value !== undefined && !idle) words.push(`${letters}${value}`);
  }
  // A name that is none is left for the parser to refuse.
  if (spec.activation !== undefined) words.push(activationTokens[spec.activation] ?? spec.activation);
  if (hasSkip(spec) !== skip) words.push(skip ? 'noskip' : 'skip');
  return words.join('_');
}
