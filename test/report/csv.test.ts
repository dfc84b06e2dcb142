/** Rows as CSV: the numbers of the JSON document, with units in the names of columns. */
import { csvParse } from 'd3-dsv';
import { describe, expect, it } from 'vitest';
import { csvText, unitOfColumn } from '../../src/report/csv.js';
import { runOn } from '../cli/sink.js';

describe('a table as CSV', () => {
  it('has a column for every number, wherever it stands', () => {
    const rows = [
      { slots: 16, meanDeficit: 1.5, quantiles: { '0.5': 1, '0.99': 2 }, exact: { meanDeficit: null }, name: 'a, "b"' },
      { slots: 64, extra: true, verdicts: [{ name: 'mean', pValue: 1e-300 }] },
    ];
    expect(csvText(rows)).toBe(
      'slots,meanDeficit_J,quantiles.0.5_J,quantiles.0.99_J,exact.meanDeficit_J,name,extra,verdicts.mean.pValue\n' +
        '16,1.5,1,2,,"a, ""b""",,\n64,,,,,,true,1e-300\n',
    );
  });

  it.each([
    ['standardError', 'J'],
    ['exact.quantiles.0.99', 'J'],
    ['exact.probabilityZero', ''],
    ['exact.error.mean', 'J'],
    ['exact.error.cdf', ''],
    ['exact.cdf.1000', ''],
    ['exact.waste.value', 'J'],
    ['exact.deficitSlots.value', 'slots'],
    ['exact.level.probabilityFull', ''],
    ['site.peakWatts.mean', 'W'],
    ['site.peakWatts.probabilityZero', ''],
    ['site.level.quantiles.0.5', 'J'],
    ['site.firstPassage.slotQuantiles.0.5', 'slot'],
    ['site.firstPassage.interval.lower', ''],
    ['site.dispatched.mean', 'tasks'],
    ['site.joulesPerTask', ''],
    ['site.waitSeconds', ''],
    ['site.violations.belowBound', ''],
    // Of a sweep's row: the probability of a quantile, or a risk.
    ['level', ''],
    ['simulated.charge', 'J'],
    ['simulated.conditionalValueAtRiskInterval.lower', 'J'],
    ['deficitJoules', ''],
    ['lundbergBound', ''],
    ['exact', ''],
    ['interval.lower', 'J'],
    ['verdicts.mean.statistic', ''],
    ['harvest.mean', 'J/slot'],
    ['values.harvest.mean', 'J/slot'],
    ['battery.capacityJoules', ''],
  ])('%s is in %j', (column, unit) => {
    expect(unitOfColumn(column)).toBe(unit);
  });
});

const walk = ['--trials', '2000', '--horizons', '4,16', '--backend', 'cpu', '--quiet'];

describe('--csv', () => {
  it('prints the numbers of --json and nothing else', async () => {
    const [csv, json] = [
      await runOn(['run', 'surplus', ...walk, '--csv']),
      await runOn(['run', 'surplus', ...walk, '--json']),
    ];
    expect({ status: csv.status, stderr: csv.stderr }).toEqual({ status: 0, stderr: '' });
    const table = csvParse(csv.stdout);
    const { horizons, scenario } = JSON.parse(json.stdout) as {
      scenario: { slotSeconds: number };
      horizons: { slots: number; meanDeficit: number; quantiles: Record<string, number> }[];
    };
    expect(table.length).toBe(2);
    table.forEach((row, i) => {
      expect(Number(row['slots'])).toBe(horizons[i].slots);
      expect(Number(row['slotSeconds'])).toBe(scenario.slotSeconds);
      expect(Number(row['meanDeficit_J'])).toBe(horizons[i].meanDeficit);
      expect(Number(row['quantiles.0.99_J'])).toBe(horizons[i].quantiles['0.99']);
    });
  });

  it.each<[string, string[], string[]]>([
    [
      'exact',
      ['exact', 'surplus', '--slots', '1min', '--at', '5kJ', '--csv'],
      ['exact.meanDeficit_J', 'exact.cdf.5000'],
    ],
    [
      'reserve',
      ['reserve', 'surplus', ...walk, '--risk', '10%', '--csv'],
      ['risk', 'simulated.charge_J', 'exact.charge_J'],
    ],
    [
      'tail',
      ['tail', ...walk.slice(0, 2), '--slots', '16', '--at', '20kJ', '--quiet', '--csv'],
      ['deficitJoules', 'hits'],
    ],
    ['tasks', ['tasks', 'surplus', '--csv'], ['task', 'energyJoules']],
    ['a site', ['run', 'solar-site', ...walk, '--csv'], ['site.peakWatts.mean_W', 'site.level.mean_J']],
    [
      'compare',
      ['compare', 'surplus', 'shortfall', ...walk.slice(0, 2), '--slots', '16', '--quiet', '--csv'],
      ['side', 'quantity', 'unit', 'difference', 'interval.lower'],
    ],
    ['presets', ['presets', '--csv'], ['name', 'description']],
  ])('has rows of %s', async (_, argv, columns) => {
    const { status, stdout, stderr } = await runOn(argv);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const table = csvParse(stdout);
    expect(table.length).toBeGreaterThan(0);
    expect(table.columns).toEqual(expect.arrayContaining(columns));
  });
});
