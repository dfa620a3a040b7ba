/** The ONNX operators that are read as several of ours, by ONNX name. */
import { composedActivations } from './compose-activations.ts';
import { composedNorms } from './compose-norms.ts';
import { composedShapes } from './compose-shapes.ts';
import type { ReadingRules } from './reading.ts';

export const compositions: ReadingRules = { ...composedActivations, ...composedNorms, ...composedShapes };
