/** Numbers that are not uniform, drawn from a seeded stream. */
import type { RandomStream } from '../../base/random-stream.ts';

/** A standard normal number (Box-Muller). */
export function drawNormal(random: RandomStream): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()));
  return radius * Math.cos(2 * Math.PI * random.uniform());
}

/**
 * The logarithm of a Gamma(shape, 1) number, shape > 0: Marsaglia and Tsang, "A simple method for generating gamma variables"
 * (ACM TOMS 26, 2000). With d = shape - 1/3 and c = 1 / sqrt(9 d), a normal x gives d (1 + c x)^3, accepted when
 * log u < x^2 / 2 + d - d v + d log v. Below shape 1 a draw of shape + 1 is multiplied by u^(1 / shape), which may be smaller
 * than any float: hence the logarithm.
 */
function drawLogGamma(shape: number, random: RandomStream): number {
  if (shape < 1) return drawLogGamma(shape + 1, random) + Math.log(1 - random.uniform()) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = drawNormal(random);
    const root = 1 + c * x;
    if (root <= 0) continue;
    const logV = 3 * Math.log(root);
    const v = root * root * root;
    if (Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * logV) return Math.log(d) + logV;
  }
}

/** Positive numbers that sum to 1, from Dirichlet(alphas): gamma numbers over their sum. */
export function drawDirichlet(alphas: readonly number[], random: RandomStream): readonly number[] {
  const logs = alphas.map((alpha) => drawLogGamma(alpha, random));
  const largest = Math.max(...logs);
  const parts = logs.map((log) => Math.exp(log - largest));
  const sum = parts.reduce((a, b) => a + b, 0);
  return parts.map((part) => part / sum);
}

/** A number in [0, 1] from Beta(a, b). */
export function drawBeta(a: number, b: number, random: RandomStream): number {
  return drawDirichlet([a, b], random)[0] as number;
}
