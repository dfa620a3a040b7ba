/** What of a model is differentiated: a whole output, one class of it, or what is chosen at every run. */
import { dtypes } from '../base/dtype.ts';
import { OcelliError } from '../base/errors.ts';
import { describeType, type Value } from '../compiler/ir/graph.ts';
import * as f from '../compiler/ops/functions.ts';

/** A value, and what of it counts. */
export interface Target {
  readonly name: string;
  readonly value: Value;
  /** A class, the largest one, one that is fed, all elements as they are, or all by weights that are fed. */
  readonly at: number | 'top' | 'class' | 'sum' | 'seed';
}

/** The value called so, or one with `:<class>`, `:top` or `:class` behind its name. @throws usage when there is none */
export function findTarget(text: string, seed: boolean, values: ReadonlyMap<string, Value>): Target {
  const whole = values.get(text);
  const [, name = text, suffix] = (whole ? null : /^(.*):(\d+|top|class)$/s.exec(text)) ?? [];
  const value = values.get(name);
  if (!value) throw new OcelliError('usage', `the model has no value "${name}" to differentiate${nearby(values)}`);
  if (!dtypes[value.type.dtype].floating) {
    throw new OcelliError('usage', `"${name}" is ${describeType(value.type)}; only floating point has gradients`);
  }
  if (seed && suffix !== undefined) {
    throw new OcelliError('usage', `"${text}": a class and a seed exclude each other; the seed says what counts`);
  }
  const at = suffix === undefined ? (seed ? 'seed' : 'sum') : suffix === 'top' || suffix === 'class' ? suffix : Number(suffix);
  return { name, value, at };
}

/** Some names, for errors. */
export function nearby(values: ReadonlyMap<string, Value>): string {
  const names = [...values.keys()].slice(0, 5).map((name) => `"${name}"`);
  return `; some of its values are ${names.join(', ')}`;
}

/** The axis that classes stand along: the second, or the only one. */
function classAxis({ name, value }: Target): number {
  const rank = value.type.shape.length;
  if (rank === 0) throw new OcelliError('usage', `"${name}" is a scalar and has no classes; leave the class out`);
  return rank === 1 ? 0 : 1;
}

/**
 * The weights with which a target's elements are added up, of its type; undefined for ones. May add an input:
 * `class:<name>`, int64 of its shape without the classes, or `seed:<name>` of its type.
 */
export function seedOf(target: Target): Value | undefined {
  const { name, value, at } = target;
  const { builder, type } = value;
  if (at === 'sum') return undefined;
  if (at === 'seed') return builder.input(`seed:${name}`, type);
  const axis = classAxis(target);
  const classes = type.shape[axis] ?? 0;
  if (typeof at === 'number' && typeof classes === 'number' && at >= classes) {
    throw new OcelliError('usage', `"${name}" has ${classes} classes along axis ${axis}, numbered from 0; ${at} came`);
  }
  const places = f.reshape(
    f.range(builder, classes),
    type.shape.slice(axis).map((dim, i) => (i === 0 ? dim : 1)),
  );
  const chosen = typeof at === 'number' ? at : at === 'top' ? f.argMax(value, axis, true) : classInput(target, axis);
  return f.expand(f.cast(f.equal(places, chosen), type.dtype), type.shape);
}

function classInput({ name, value }: Target, axis: number): Value {
  const shape = value.type.shape.filter((_, i) => i !== axis);
  return f.unsqueeze(value.builder.input(`class:${name}`, { dtype: 'int64', shape }), axis);
}
