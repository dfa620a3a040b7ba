/** Without the optional decoder, JPEG says what to install and the formats of our own still work. */
import { expect, it, vi } from 'vitest';
import { pictureNamed } from './pictures.ts';

vi.mock('sharp', () => {
  throw new Error('Cannot find package');
});

it('names the package to install; PNG, GIF and BMP need none', async () => {
  const { nodePlatform } = await import('../../src/platform/node.ts');
  const platform = nodePlatform();
  await expect(platform.decodeImage(pictureNamed('baseline.jpg').bytes)).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('npm install sharp'),
  });
  for (const name of ['rgb.png', 'palette.gif', 'rgb.bmp']) {
    expect((await platform.decodeImage(pictureNamed(name).bytes)).width).toBe(13);
  }
});
