/**
 * The rounding rules of compound scaling (Tan & Le 2019, arXiv 1905.11946, equation 3 and the published networks).
 *
 *   depth d = α^φ,  width w = β^φ,  resolution r = γ^φ   subject to  α·β²·γ² ≈ 2,  α, β, γ ≥ 1
 *
 * A network scaled by (w, d) has
 *
 *   channels  roundFilters(f) = n, or n + 8 where n < 0.9·w·f,  with n = max(8, ⌊(w·f + 4) / 8⌋·8)
 *   layers    roundRepeats(l) = ⌈d·l⌉
 *
 * so channels are multiples of 8 that never lose more than a tenth, and layers round up.
 */
import { OcelliError } from '../base/errors.ts';

/** What a base network is scaled by; `resolution` is the side of the input picture in pixels. */
export interface ScalingCoefficients {
  readonly width: number;
  readonly depth: number;
  readonly resolution: number;
}

/** The multiple of `divisor` nearest to `value`, at least `divisor`, and the next one up where that is below 0.9·value. */
export function makeDivisible(value: number, divisor = 8): number {
  const rounded = Math.max(divisor, Math.floor(Math.trunc(value + divisor / 2) / divisor) * divisor);
  return rounded < 0.9 * value ? rounded + divisor : rounded;
}

function checkFactor(what: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value))) throw new OcelliError('usage', `${what} must be a positive number, ${value} came`);
}

/** Channels of a layer that has `filters` in the base network, at width `width`. @throws usage unless width > 0 */
export function roundFilters(filters: number, width: number, divisor = 8): number {
  checkFactor('width', width);
  return makeDivisible(filters * width, divisor);
}

/** Layers of a stage that has `repeats` in the base network, at depth `depth`. @throws usage unless depth > 0 */
export function roundRepeats(repeats: number, depth: number): number {
  checkFactor('depth', depth);
  return Math.ceil(repeats * depth);
}
