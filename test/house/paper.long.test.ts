/** The commands of docs/paper.md run, and its numbers are those of the code. Names and equations: paper.test.ts. */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drift, volatility } from '../../src/fleet/walk-law.js';
import { difficultyData } from '../../src/report/figures/difficulty.js';
import { figureHorizons, longGrid, misroutedScenario } from '../../src/report/figures/routing-error.js';
import { formatCount } from '../../src/numeric/format.js';
import { loadPreset } from '../../src/scenario/presets.js';
import { detectPaperTransition } from '../../src/stats/paper-regimes.js';
import { compoundIncrement } from '../../src/theory/compound-increment.js';
import { exactMoments } from '../../src/theory/exact/moments.js';
import { PAPER_LIMITS, limitMean, regimes, walkLimit } from '../../src/theory/regimes.js';
import { blocksOf, commandsOf, page, prepareFolder, runLine } from './docs.js';

const text = page('docs/paper.md');

describe('docs/paper.md', () => {
  test('has the numbers that the code has', () => {
    const flat = text.replace(/\s+/g, ' ');
    const reference = loadPreset('reference');
    const [, surplus] = regimes(resolveScenario(reference).walk, 2048);
    const kilojoules = (joules: number): string => `${Number((joules / 1e3).toPrecision(4))} kJ`;
    expect(flat).toContain(
      `${kilojoules(walkLimit(surplus)(2048))} where (37) says ${kilojoules(limitMean(surplus, 2048, PAPER_LIMITS))}, ` +
        `in the reference scenario at a drift of ${kilojoules(surplus.drift)} a slot`,
    );
    const { crossings } = difficultyData(reference);
    const [energy, latency] = [crossings.energyJoules[0], crossings.latencySeconds[0]].map((xi) => xi.toFixed(3));
    expect(flat).toContain(`cross at difficulties ${energy} and ${latency}`);

    const walks = [0.01, 0.02, 0.05, 0.1].map((rate) => resolveScenario(misroutedScenario(reference, rate)).walk);
    const found = (walk: (typeof walks)[number], last: number) => {
      const slots = figureHorizons(last);
      const means = exactMoments(compoundIncrement(walk), slots).map((m) => m.mean);
      return detectPaperTransition(slots, means);
    };
    const full = walks.map((walk) => found(walk, 65_536));
    const listed = (values: readonly string[]): string => `${values.slice(0, 3).join(', ')} and ${values[3]}`;
    expect(flat).toContain(`at ${listed(full.map((d) => formatCount(d.transition?.slots ?? NaN)))} slots`);
    const weights = full.map((d) => String(Math.floor(10 * d.acceptedBelowWeight) / 10));
    expect(flat).toContain(`accepted at any w below ${listed(weights)}.`);
    const [short, middle] = [4096, 16_384].map((last) => formatCount(found(walks[0], last).transition?.slots ?? NaN));
    expect(flat).toContain(`at ${short} slots of 4,096, at ${middle} of 16,384 and at 11,585 of 65,536`);
    const settled = walks.map((walk) => longGrid(walk, (volatility(walk) / drift(walk)) ** 2));
    expect(flat).toContain(`at ${formatCount(settled[0]?.transitionSlots ?? NaN)} slots for that rate`);
    for (const share of settled.map((long) => long?.shareOfCrossover ?? NaN)) {
      expect(share).toBeGreaterThanOrEqual(0.44);
      expect(share).toBeLessThanOrEqual(0.49);
    }
  });

  describe('its commands', () => {
    let folder = '';
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'batterywalk-paper-'));
      prepareFolder(folder);
    });
    afterAll(() => {
      rmSync(folder, { recursive: true });
    });
    test('run', async () => {
      const commands = blocksOf(text).flatMap((block) => (block.language === 'sh' ? commandsOf(block) : []));
      expect(commands.length).toBeGreaterThan(2);
      for (const command of commands) {
        const { status, stderr } = await runLine(command, folder);
        expect({ command, status, stderr: status === 0 ? '' : stderr }).toEqual({ command, status: 0, stderr: '' });
      }
    });
  });
});
