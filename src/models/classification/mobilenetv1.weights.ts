/** Published weights of mobilenetv1's models. Written by scripts/generate-weights.mjs and scripts/embed-weights.mjs. */
import type { WeightsTable } from '../weights-entry.ts';

export const weights: WeightsTable = {};
