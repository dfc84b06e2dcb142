/**
 * Every bad input as a process of the built program: one clear line, the right status, a bounded memory. Times are
 * printed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { faultsOf } from './bad-input.js';
import { badInputs } from './bad-inputs.js';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const MOST_MEGABYTES = 200;

test('bad inputs by kind: one clear line each, within 200 MB', () => {
  const folder = mkdtempSync(join(tmpdir(), 'batterywalk-bad-'));
  try {
    // Says at the end what the process took: node has no such flag.
    const usage = join(folder, 'usage.mjs');
    const told = join(folder, 'usage.json');
    writeFileSync(
      usage,
      `import { writeFileSync } from 'node:fs';
       process.on('exit', () => writeFileSync(${JSON.stringify(told)}, JSON.stringify(process.resourceUsage())));`,
    );
    const measured = (args: readonly string[]) => {
      const start = performance.now();
      const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', usage, cli, ...args], {
        encoding: 'utf8',
        input: '',
        // Ends a hang, no more.
        timeout: 600_000,
      });
      const { maxRSS, userCPUTime, systemCPUTime } = JSON.parse(readFileSync(told, 'utf8')) as NodeJS.ResourceUsage;
      rmSync(told);
      const wall = (performance.now() - start) / 1000;
      return { status, stdout, stderr, megabytes: maxRSS / 1024, processor: (userCPUTime + systemCPUTime) / 1e6, wall };
    };
    const all = badInputs();
    expect(all.length).toBeGreaterThanOrEqual(200);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    const bare = measured(['--version']);
    const faults: string[] = [];
    const rows = all.map((bad) => {
      const came = measured(bad.args(folder));
      const wrong = faultsOf(bad, came);
      if (came.megabytes > MOST_MEGABYTES) wrong.push(`${came.megabytes.toFixed(0)} MB`);
      if (wrong.length > 0) faults.push(`${bad.name}: ${wrong.join('; ')}`);
      return { name: bad.name, ...came };
    });
    const told3 = (by: 'processor' | 'wall' | 'megabytes', unit: string): string => {
      const sorted = [...rows].sort((a, b) => a[by] - b[by]);
      const worst = sorted[sorted.length - 1];
      return `${by}: median ${sorted[sorted.length >> 1][by].toFixed(2)} ${unit}, worst ${worst[by].toFixed(2)} ${unit} (${worst.name}), bare --version ${bare[by].toFixed(2)} ${unit}`;
    };
    const within = (by: 'processor' | 'wall'): string =>
      `${rows.filter((row) => row[by] < 1).length} of ${rows.length} below 1 s (${by})`;
    const lines = [told3('processor', 's'), told3('wall', 's'), told3('megabytes', 'MB')];
    console.log([`${rows.length} bad inputs`, ...lines, within('processor'), within('wall')].join('\n'));
    expect(faults).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
