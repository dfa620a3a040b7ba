/** Without the optional decoder, JPEG says what to install; the formats of our own still work, and small plain JPEG. */
import { expect, it, vi } from 'vitest';
import { pictureNamed } from './pictures.ts';

vi.mock('sharp', () => {
  throw new Error('Cannot find package');
});

it('names the package to install; PNG, GIF, BMP and small plain JPEG need none', async () => {
  const { nodePlatform } = await import('../../src/platform/node.ts');
  const platform = nodePlatform();
  await expect(platform.decodeImage(pictureNamed('progressive.jpg').bytes)).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('npm install sharp'),
  });
  for (const name of ['rgb.png', 'palette.gif', 'rgb.bmp', 'baseline.jpg']) {
    expect((await platform.decodeImage(pictureNamed(name).bytes)).width).toBe(13);
  }
});
