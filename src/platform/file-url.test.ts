/** File addresses of both kinds of system. */
import { expect, test } from 'vitest';
import { pathOfFileUrl } from './file-url.ts';

test('paths of file addresses', () => {
  expect(pathOfFileUrl(new URL('file:///tmp/a%20b.jpg'))).toBe('/tmp/a b.jpg');
  expect(pathOfFileUrl(new URL('file:///C:/pictures/a.jpg'))).toBe('C:/pictures/a.jpg');
  expect(() => pathOfFileUrl(new URL('file:///a%zz.jpg'))).toThrow('is no address of a file');
  expect(() => pathOfFileUrl(new URL('file://server/a.jpg'))).toThrow('is no address of a file');
});
