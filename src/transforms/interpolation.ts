/** The resampling filters of Pillow: their names, supports and kernels. */
import { OcelliError } from '../base/errors.ts';

/** How pixels between pixels are computed; the names are torchvision's. */
export type Interpolation = 'nearest' | 'box' | 'bilinear' | 'hamming' | 'bicubic' | 'lanczos';

/** A separable resampling kernel: zero outside [-support, support]. */
export interface Kernel {
  /** In pixels of the input when enlarging; multiplied by the scale when reducing. */
  readonly support: number;
  weight(distance: number): number;
}

function sinc(x: number): number {
  if (x === 0) return 1;
  const angle = x * Math.PI;
  return Math.sin(angle) / angle;
}

/** Keys' cubic convolution with a = -1/2 ("Cubic convolution interpolation for digital image processing", 1981, eq. 15). */
function cubic(distance: number): number {
  const a = -0.5;
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

/** Pillow keeps the Hamming window's constants in single precision. */
const hammingBase = Math.fround(0.54);
const hammingSwing = Math.fround(0.46);

function hamming(distance: number): number {
  const x = Math.abs(distance);
  if (x === 0) return 1;
  if (x >= 1) return 0;
  const angle = x * Math.PI;
  return (Math.sin(angle) / angle) * (hammingBase + hammingSwing * Math.cos(angle));
}

/** The kernels of every mode; `nearest` picks a pixel and has none. */
export const kernels: { readonly [K in Interpolation]: Kernel | undefined } = {
  nearest: undefined,
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  hamming: { support: 1, weight: hamming },
  bicubic: { support: 2, weight: cubic },
  lanczos: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** Every mode's name. */
export const interpolations: readonly Interpolation[] = ['nearest', 'box', 'bilinear', 'hamming', 'bicubic', 'lanczos'];

/** The mode of that name. @throws usage for an unknown one */
export function parseInterpolation(name: string): Interpolation {
  const found = interpolations.find((mode) => mode === name);
  if (!found) throw new OcelliError('usage', `unknown interpolation "${name}"; use one of ${interpolations.join(', ')}`);
  return found;
}
