/** Maps that come with Ocelli, by name. */
import { OcelliError } from '../../base/errors.ts';
import type { KeyMap } from './rules.ts';

const maps: Readonly<Record<string, () => Promise<KeyMap>>> = {
  'timm-mobilenetv1': async () => (await import('./timm-mobilenetv1.ts')).map,
};

/** Names of the maps that come with Ocelli. */
export const mapNames: readonly string[] = Object.keys(maps);

/** The map of a name, or undefined when there is none. */
export async function findMap(name: string): Promise<KeyMap | undefined> {
  return Object.hasOwn(maps, name) ? await maps[name]?.() : undefined;
}

/** The map itself, or the one of a name. @throws usage naming those that there are */
export async function mapOf(map: KeyMap | string): Promise<KeyMap> {
  const found = typeof map === 'string' ? await findMap(map) : map;
  if (found) return found;
  throw new OcelliError('usage', `there is no map "${map}"; Ocelli has ${mapNames.join(', ')}, others are given as rules`);
}
