/** RegNet's design space: the stages of a network follow from five numbers. */
import { OcelliError } from '../../../base/errors.ts';
import { roundHalfEven } from '../../../base/rounding.ts';
import { makeDivisible } from '../../compound-scaling.ts';

/** The numbers that a network follows from. */
export interface RegNetConfig {
  /** d of the paper: blocks in all. */
  readonly depth: number;
  /** w_0: where the line of widths begins; a multiple of 8. */
  readonly initialWidth: number;
  /** w_a: how it rises from block to block; not below 0. */
  readonly slope: number;
  /** w_m: the ratio of widths that a network steps by; above 1. */
  readonly step: number;
  /** g: channels of a group in the 3x3 convolutions. */
  readonly groupWidth: number;
  /** Channels that squeeze-and-excitation squeezes to, per input channel of the block; RegNetX, which has none, leaves it out. */
  readonly seRatio?: number;
}

/** Equal blocks one after another, of which the first halves the picture. */
export interface RegNetStage {
  readonly depth: number;
  readonly width: number;
  readonly groupWidth: number;
}

/**
 * The stages of a network (Radosavovic et al. 2020, arXiv 2003.13678, equations 2 to 4): block j, on the line, has the width
 *
 *   u = w_0 + w_a·j = w_0·w_m^s
 *
 * and gets w_0·w_m^round(s), rounded to a multiple of 8. Blocks of one width are a stage, whose width is then made a multiple of
 * its groups'. Steps are float32 as torch's are: that decides where s or a width is about half-way.
 * @throws usage for numbers out of their range
 */
export function regNetStages({ depth, initialWidth, slope, step, groupWidth }: RegNetConfig): readonly RegNetStage[] {
  if (!(slope >= 0 && initialWidth > 0 && initialWidth % 8 === 0 && step > 1)) {
    throw new OcelliError(
      'usage',
      `regnet: takes a slope of 0 or more, an initial width that 8 divides and a step above 1; ${slope}, ${initialWidth} and ${step} came`,
    );
  }
  const { fround } = Math;
  const stages: { depth: number; width: number }[] = [];
  for (let block = 0; block < depth; block++) {
    const onLine = fround(fround(block * fround(slope)) + initialWidth);
    const steps = roundHalfEven(fround(fround(Math.log(fround(onLine / initialWidth))) / fround(Math.log(step))));
    const width = roundHalfEven(fround(initialWidth * fround(step ** steps)) / 8) * 8;
    const last = stages.at(-1);
    if (last?.width === width) last.depth++;
    else stages.push({ depth: 1, width });
  }
  return stages.map(({ depth: blocks, width }) => {
    const group = Math.min(groupWidth, width);
    return { depth: blocks, width: makeDivisible(width, group), groupWidth: group };
  });
}
