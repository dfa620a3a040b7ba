/** Keeps a run's recipe in its folder, so that it can be resumed and evaluated by the folder's name alone. */
import type { Platform } from '../../platform/platform.ts';
import { writeText } from '../../train/run/text-files.ts';
import type { Recipe } from './recipe.ts';

/** @throws io */
export async function writeRecipe(recipe: Recipe, folder: string, platform: Platform): Promise<void> {
  await writeText(platform.files, `${folder}/recipe.json`, `${JSON.stringify(recipe, null, 2)}\n`);
}
