/** The models that are built for pictures of one height and width. */
import { type ModelName, modelName } from './registry.ts';

/** They have an option `imageSize`; all others take pictures of any size, or of the only one they have. */
const sized: readonly ModelName[] = ['capsnet'];

/** The option that builds a model for square pictures of this size, where it needs one. @throws usage for an unknown model */
export function sizeOption(name: string, size: number | undefined): { readonly imageSize?: number } {
  return size !== undefined && sized.includes(modelName(name)) ? { imageSize: size } : {};
}
