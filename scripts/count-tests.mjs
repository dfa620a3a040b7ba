/**
 * `node scripts/count-tests.mjs REPORT STATUS` prints "passed failed" of Vitest's JSON report; without a report the command
 * that ended with STATUS counts as one. A test run that failed outside its tests has one failure more.
 */
import { existsSync, readFileSync } from 'node:fs';

const [report, status] = process.argv.slice(2);
const bad = status === '0' ? 0 : 1;
if (existsSync(report)) {
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
  console.log(`${numPassedTests} ${Math.max(numFailedTests, bad)}`);
} else console.log(`${1 - bad} ${bad}`);
