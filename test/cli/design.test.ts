/** `design`: what it finds holds the exact law's answer between the ends of its interval. */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { designDocument } from '../../src/report/design-report.js';
import { parseScenario } from '../../src/scenario/parse.js';
import type { Scenario } from '../../src/scenario/scenario.js';
import { batteryLaw } from '../../src/theory/chain/battery-law.js';
import { siteChain } from '../../src/theory/chain/site-chain.js';
import { compoundIncrement } from '../../src/theory/compound-increment.js';
import { exactLaw } from '../../src/theory/exact/law.js';
import { siteWith } from '../engine/site-settings.js';
import { runOn, unfolded } from './sink.js';

type Document = ReturnType<typeof designDocument>;

const folder = mkdtempSync(join(tmpdir(), 'batterywalk-design-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
function file(name: string, document: unknown): string {
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify(document));
  return path;
}

const SLOTS = 48;
const RISK = 0.05;
const small = ['--slots', String(SLOTS), '--risk', String(RISK), '--trials', '4000', '--quiet', '--backend', 'cpu'];

async function designed(scenario: Scenario, ...args: string[]): Promise<Document> {
  const { status, stdout, stderr } = await runOn(['design', file('scenario', scenario), ...args, ...small, '--json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as Document;
}

/** The interval is not empty, its ends are on the right sides of the exact answer, and the value is within. */
function expectRight({ value, meets, fails }: Document, exactRisk: (x: number) => number): void {
  if (fails === null) throw new Error('the interval has one end only');
  expect(exactRisk(meets)).toBeLessThanOrEqual(RISK);
  expect(exactRisk(fails)).toBeGreaterThanOrEqual(RISK);
  expect((value - fails) * (meets - value)).toBeGreaterThanOrEqual(0);
  expect(meets).not.toBe(fails);
}

const plain = siteWith({});
const charged = siteWith({ battery: { initialJoules: 60_000 } });

describe('design', () => {
  test('finds the charge, and with a budget that much less', async () => {
    const law = exactLaw(compoundIncrement(resolveScenario(plain).walk), SLOTS);
    const found = await designed(plain, '--vary', 'battery.initialJoules');
    expect(found.find).toBe('smallest');
    expectRight(found, (b) => law.survival(b));
    const less = await designed(plain, '--vary', 'battery.initialJoules', '--budget', '5000');
    expectRight(less, (b) => law.survival(b + 5000));
  });

  test('finds the harvest', async () => {
    const at = (timesDemand: number): number => {
      const scenario = siteWith({ ...charged, harvest: { mean: { timesDemand }, variance: 'matched' } });
      return exactLaw(compoundIncrement(resolveScenario(scenario).walk), SLOTS).survival(60_000);
    };
    const found = await designed(charged, '--vary', 'harvest.mean.timesDemand');
    expectRight(found, at);
    expect(found.evaluations.every((e) => e.trials <= 4000)).toBe(true);
    expect(found.reasonInWords).toMatch(/paths|tolerance/);
  });

  test('finds the battery, which starts full', async () => {
    const lossy = siteWith({
      harvest: { mean: { timesDemand: 1.1 }, variance: 'matched' },
      battery: { initialJoules: 0, capacityJoules: 50_000, chargeEfficiency: 0.9, leakPerSlot: 0.001 },
    });
    const at = (x: number): number => {
      const battery = { ...lossy.battery, initialJoules: x, capacityJoules: x };
      const scenario = parseScenario({ ...lossy, battery });
      const chain = siteChain(resolveScenario(scenario).site);
      if (typeof chain === 'string') throw new Error(chain);
      return 1 - batteryLaw(chain, [SLOTS])[0].probabilityZero.value;
    };
    const found = await designed(lossy, '--vary', 'battery.capacityJoules', '--full');
    expectRight(found, at);
    // A budget is counted path by path, and needs less: 5 kJ that the losses of the way out are not paid for.
    const less = await designed(lossy, '--vary', 'battery.capacityJoules', '--full', '--budget', '5000');
    expect(less.estimate).toBeLessThan(found.estimate - 3000);
    expect(found.estimate).toBeLessThan(found.value);
  });

  test('a path that fails at a battery fails at every smaller one; what a harvest shares is measured', async () => {
    const site = siteWith({
      harvest: { mean: { timesDemand: 1.1 }, variance: 'matched' },
      battery: { initialJoules: 0, capacityJoules: 50_000 },
    });
    const found = await designed(site, '--vary', 'battery.capacityJoules', '--full', '--budget', '5000');
    const { neighbours } = found;
    expect(neighbours).toMatchObject({ paths: found.riskAtValue.trials, failuresAtBetter: found.riskAtValue.failures });
    if (neighbours === null) throw new Error('no neighbours');
    expect(neighbours.worse).toBeLessThan(neighbours.better);
    expect(neighbours.better).toBe(found.value);
    expect(neighbours).toMatchObject({ monotone: true, violations: 0 });
    const charge = await designed(plain, '--vary', 'battery.initialJoules');
    expect(charge.neighbours).toMatchObject({ monotone: true, violations: 0, violationShare: 0 });
    expect(charge.neighbours?.draws).toEqual([{ purpose: 'increments', sharing: 'identical' }]);
    const harvest = await designed(charged, '--vary', 'harvest.mean.timesDemand');
    expect(harvest.neighbours).toMatchObject({ monotone: false, better: harvest.value });
    expect(harvest.neighbours?.draws).toEqual([{ purpose: 'increments', sharing: 'otherLaw' }]);
    expect(harvest.neighbours?.violationShare).toBeLessThanOrEqual(1);
    expect(harvest.neighbours?.correlation).toBeLessThan(1);
  });

  test('largest values, and a limit that meets the target', async () => {
    const steady = { battery: { initialJoules: 90_000 }, harvest: { mean: 4000, variance: 1.4e7 } };
    const found = await designed(siteWith(steady), '--vary', 'routing.overheadJoules');
    expect(found.find).toBe('largest');
    expectRight(found, (overheadJoules) => {
      const walk = resolveScenario(siteWith({ ...steady, routing: { overheadJoules } })).walk;
      return exactLaw(compoundIncrement(walk), SLOTS).survival(90_000);
    });
    const rich = siteWith({ battery: { initialJoules: 1e6 } });
    const limit = await designed(rich, '--vary', 'battery.initialJoules', '--budget', '1e6');
    expect(limit).toMatchObject({ value: 0, fails: null, reason: 'limit' });
  });

  test('says it in words, and saves it', async () => {
    const out = join(folder, 'out');
    const scenario = file('plain', plain);
    const { status, stdout } = await runOn([
      'design',
      scenario,
      '--vary',
      'battery.initialJoules',
      ...small,
      '--out',
      out,
    ]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/risk of any auxiliary energy within 48 slots at most 0\.05/);
    expect(stdout).toMatch(
      /smallest battery\.initialJoules +95 % interval +risk +its interval\n-+.*\n[\d.]+ kJ +[\d.]+ kJ … [\d.]+ kJ/,
    );
    expect(unfolded(stdout)).toMatch(/The search ended because .*each on the same first paths/);
    expect(stdout).not.toMatch(/common random numbers/);
    const words = unfolded(stdout);
    expect(words).toMatch(/ The confidence rests on paths that fail at a value failing at every worse one\. They must/);
    expect(words).toMatch(/ Of 4,000 paths \d+ fail at [\d.]+ kJ, and 0 of them \(0 %\) not at [\d.]+ kJ; /);
    expect(words).toMatch(/; the failures’ correlation is 0\.\d+\. All draws are alike on every path: increments\. /);
    expect(JSON.parse(readFileSync(join(out, 'design.json'), 'utf8'))).toHaveProperty('reason');
  });

  test.each([
    [['--vary', 'battery.initialJoules'], /--risk: missing, expected a probability/],
    [['--risk', '2', '--vary', 'battery.initialJoules'], /--risk: got "2"/],
    [['--risk', '0.1'], /--vary: missing/],
    [['--risk', '0.1', '--vary', 'slotSeconds'], /--vary: got "slotSeconds".*--find smallest or --find largest/],
    [['--risk', '0.1', '--vary', 'a..b', '--find', 'largest'], /--vary: got the name "a\.\.b"/],
    [
      ['--risk', '0.1', '--vary', 'tasks[7].weight', '--find', 'largest', '--between', '1,2'],
      /--vary: got index 7 into a list of 2/,
    ],
    [
      ['--risk', '0.1', '--vary', 'harvest.men', '--find', 'smallest', '--between', '1,2'],
      /--vary harvest\.men = 1\.00000: harvest\.men: unknown key/,
    ],
    [['--risk', '0.1', '--vary', 'battery.initialJoules', '--between', '2,1'], /--between: got "2,1"/],
    [['--risk', '0.1', '--vary', 'battery.initialJoules', '--full'], /--full: got a battery without capacityJoules/],
    [['--risk', '0.1', '--vary', 'battery.initialJoules', '--horizons', '4,8'], /--horizons: got 2 of them/],
    [['--risk', '1e-3', '--vary', 'battery.initialJoules', '--trials', '500'], /--trials: got 500, expected at least/],
    [
      ['--risk', '0.1', '--slots', '16', '--vary', 'battery.initialJoules', '--find', 'largest'],
      /--find: got largest, but the risk is/,
    ],
    [
      ['--risk', '0.2', '--slots', '16', '--trials', '500', '--vary', 'routing.overheadJoules'],
      /--vary routing\.overheadJoules: got a risk of [\d.]+ at 0, .* no value within reach meets it/,
    ],
  ])('refuses %j in one line', async (args, message) => {
    const { status, stdout, stderr } = await runOn([
      'design',
      file('plain', plain),
      '--quiet',
      '--backend',
      'cpu',
      ...args,
    ]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^batterywalk: [^\n]*\n$/);
    expect(stderr).toMatch(message);
  });
});
