/** Batches that we mixed, with what was drawn, for torch to mix likewise. */
import { randomUniform } from '../../src/base/random.ts';
import { RandomStream } from '../../src/base/random-stream.ts';
import { float32 } from '../../src/base/tensor.ts';
import { drawCut } from '../../src/transforms/augment/cutmix.ts';
import { drawBeta } from '../../src/transforms/augment/distributions.ts';
import { mixBatch } from '../../src/transforms/index.ts';

export interface MixCase {
  readonly kind: 'mixup' | 'cutmix';
  /** Number i of the batch is randomUniform(key, i). */
  readonly key: number;
  readonly shape: readonly [number, number, number, number];
  readonly labels: readonly number[];
  readonly classes: number;
  readonly share: number;
  /** left, top, right, bottom of what is pasted. */
  readonly box: readonly number[];
}

/** `count` cases of each kind. */
export function mixCases(
  seed: number,
  count: number,
): readonly { readonly given: MixCase; readonly batch: Float32Array; readonly targets: Float32Array }[] {
  const choose = new RandomStream(seed);
  return Array.from({ length: 2 * count }, (_, i) => {
    const kind = i % 2 === 0 ? 'mixup' : 'cutmix';
    const shape = [1 + choose.below(6), 1 + choose.below(3), 1 + choose.below(20), 1 + choose.below(20)] as const;
    const [n, channels, height, width] = shape;
    const key = choose.bits();
    const classes = 2 + choose.below(5);
    const labels = Array.from({ length: n }, () => choose.below(classes));
    const alpha = choose.between(0.1, 2);
    const values = Array.from({ length: n * channels * height * width }, (_, at) => randomUniform(key, at));
    const batch = float32(shape, values);
    const targets = mixBatch([{ kind, alpha }], batch, labels, classes, new RandomStream(key));
    const again = new RandomStream(key);
    again.chance(1);
    const share = drawBeta(alpha, alpha, again);
    const cut = kind === 'cutmix' ? drawCut({ width, height }, share, again) : { left: 0, top: 0, width: 0, height: 0 };
    const box = [cut.left, cut.top, cut.left + cut.width, cut.top + cut.height];
    return { given: { kind, key, shape, labels, classes, share, box }, batch: batch.data, targets: targets.data };
  });
}
