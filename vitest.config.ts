/** The test projects: `unit` is what `npm test` runs; `parity` needs Python's torchvision, `browser` needs Chromium. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    testTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts'],
          exclude: ['**/*.live.test.ts', 'test/browser/**', 'node_modules/**'],
        },
      },
      {
        extends: true,
        test: { name: 'parity', include: ['test/**/*.live.test.ts'], testTimeout: 1_200_000, hookTimeout: 1_200_000 },
      },
      {
        extends: true,
        test: { name: 'browser', include: ['test/browser/**/*.test.ts'], testTimeout: 300_000, hookTimeout: 300_000 },
      },
    ],
  },
});
