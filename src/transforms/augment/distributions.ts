/** Numbers that are not uniform, drawn from a seeded stream. */
import type { RandomStream } from '../../base/random-stream.ts';

/** A standard normal number (Box-Muller). */
export function drawNormal(random: RandomStream): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()));
  return radius * Math.cos(2 * Math.PI * random.uniform());
}
