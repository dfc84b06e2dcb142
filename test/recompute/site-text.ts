/** What a site's text should show, table by table, and in its sentences. */
import type { Expected, ProseRule } from './explained.js';
import { compareProse, takeApart, told } from './explained.js';
import type { Timed } from './leaf-rules.js';
import type { OwnStatistics } from './own-statistics.js';
import type { SiteNumbers } from './site-numbers.js';
import { tableComplaints } from './text-tables.js';
import type { TextCell, TextColumn } from './text-tables.js';
import { factorOf } from './validated.js';
import { coarseRules } from './walk-report.js';

/** `2.66 ± 0.22`; the mean alone where nothing varies. */
function plusMinus(own: OwnStatistics, factor: number): Expected {
  const half = own.meanInterval[1] - own.mean;
  return half === 0 ? [own.mean / factor] : [own.mean / factor, half / factor];
}

/** Complaints about a text of `run` or `validate`. */
export function siteTextComplaints(site: SiteNumbers, text: string, timed: Timed): string[] {
  const { tables, prose } = takeApart(text);
  const columns = [...batteryColumns(site), ...taskColumns(site), ...(site.isJudged ? judgedColumns(site) : [])];
  const slots: TextColumn = [
    /^slots$/,
    ({ row, rows, text: cell }) =>
      cell === '' ? [] : [site.horizons[Math.floor((row * site.horizons.length) / rows)]],
  ];
  // The second column of the comparison.
  const quantity: TextColumn = [/^quantity$/, ({ text: cell }) => (cell.includes('= 0') ? [0] : [])];
  return [
    ...tableComplaints(tables, [slots, quantity], columns),
    ...compareProse(prose, textRules(site, timed), 'text'),
  ];
}

function batteryColumns(site: SiteNumbers): TextColumn[] {
  const mean = (head: RegExp, of: (i: number) => OwnStatistics): TextColumn => [
    head,
    ({ row, factor }) => plusMinus(of(row), factor),
  ];
  const top = (of: (i: number) => OwnStatistics): TextColumn => [
    /^q0\.99$/,
    ({ row, factor }) => [of(row).quantile(0.99) / factor],
  ];
  const range = (of: (i: number) => readonly [number, number]): TextColumn => [/^95 %$/, ({ row }) => of(row)];
  const auxiliary = (i: number): OwnStatistics => site.own('auxiliary', i);
  const level = (i: number): OwnStatistics => site.level(i);
  return [
    mean(/^E\[A\] [kM]?J$/, auxiliary),
    top(auxiliary),
    [/^P\(A = 0\)$/, ({ row }) => [auxiliary(row).zero]],
    range((i) => auxiliary(i).zeroInterval),
    mean(/^peak [kM]?W$/, (i) => site.peak(i)),
    top((i) => site.peak(i)),
    mean(/^waste [kM]?J$/, (i) => site.own('waste', i)),
    mean(/^level [kM]?J$/, level),
    [/^P\(empty\)$/, ({ row }) => [level(row).zero]],
    range((i) => level(i).zeroInterval),
    [/^P\(full\)$/, ({ row }) => [site.full(row)[0]]],
    range((i) => site.full(i)[1]),
  ];
}

function taskColumns(site: SiteNumbers): TextColumn[] {
  const plain = (name: string) => {
    return ({ row }: TextCell): Expected => plusMinus(site.own(name, row, 1), 1);
  };
  const { quantumJoules } = site.prepared.law;
  return [
    [/^in deficit %$/, ({ row }) => plusMinus(site.lacking(row), 0.01)],
    [/^half fail by$/, ({ row }) => [site.firstSlot(row, 0.5)].filter((slot) => slot !== null)],
    [/^tasks$/, plain('dispatched')],
    [
      /^energy a task$/,
      ({ row, text }) => [(site.perTask('consumption', row) * quantumJoules) / factorOf(text.replace(/^[\d.]+/, ''))],
    ],
    [/^wait, slots$/, ({ row }) => [site.perTask('waited', row)]],
    [/^wait, s$/, ({ row }) => [site.perTask('waited', row) * site.scenario.slotSeconds]],
    [/^overflowed %$/, ({ row }) => [100 * site.perTask('overflowed', row)]],
    [/^undone$/, plain('undone')],
    [/^owed [kM]?J$/, ({ row, factor }) => plusMinus(site.own('undoneEnergy', row), factor)],
  ];
}

/** What is known exactly, in the order of the rows. */
export function comparedAt(
  site: SiteNumbers,
  i: number,
): { shown: Expected; exact: number; error: number; is: 'J' | '' }[] {
  const exact = site.exact(i);
  const { level } = exact;
  const pair = (own: OwnStatistics): Expected => plusMinus(own, 1);
  const share = (p: number, interval: readonly [number, number]): Expected => [p, ...interval];
  const row = (shown: Expected, { value, error }: { value: number; error: number }, is: 'J' | '' = '') => {
    return { shown, exact: value, error, is };
  };
  const auxiliary = site.own('auxiliary', i);
  return [
    row(pair(auxiliary), exact.auxiliary, 'J'),
    row(share(auxiliary.zero, auxiliary.zeroInterval), exact.probabilityZero),
    row(pair(site.own('waste', i)), exact.waste, 'J'),
    row(pair(site.own('deficitSlots', i, 1)), exact.deficitSlots),
    row(pair(site.level(i)), level.mean, 'J'),
    row(share(site.level(i).zero, site.level(i).zeroInterval), level.probabilityEmpty),
    row(share(...site.full(i)), level.probabilityFull),
  ];
}

const COMPARED = 7;

function judgedColumns(site: SiteNumbers): TextColumn[] {
  const scaled = (of: (row: ReturnType<typeof comparedAt>[number]) => Expected) => (cell: TextCell) => {
    const quantity = comparedAt(site, Math.floor(cell.row / COMPARED))[cell.row % COMPARED];
    const factor = quantity.is === 'J' ? factorOf(cell.second) : 1;
    return of(quantity).map((x) => x / factor);
  };
  const pValues = ({ row, second }: TextCell): Expected => {
    const { verdicts } = site.judgement().horizons[Math.floor(row / 4)];
    const name = { A: 'auxiliary', waste: 'waste', deficit: 'deficitSlots', level: 'level' }[second];
    const own = verdicts.filter(({ quantity }) => quantity === name);
    // `P(0)` is a name.
    return own.flatMap((verdict) => [...(verdict.name === 'probabilityZero' ? [0] : []), verdict.pValue]);
  };
  return [
    [/^simulated, 95 %$/, scaled(({ shown }) => shown)],
    [/^exact$/, scaled(({ exact }) => [exact])],
    [/^its error$/, scaled(({ error }) => [error])],
    [/^of$/, () => []],
    [/^verdict$/, () => []],
    [/^p-values$/, pValues],
  ];
}

function textRules(site: SiteNumbers, timed: Timed): ProseRule[] {
  const { horizons, trials, scenario, prepared } = site;
  const { quantumJoules, samplingError } = prepared.law;
  const last = horizons[horizons.length - 1];
  const { drift, sigma } = site;
  const { capacityJoules = NaN, initialJoules } = scenario.battery;
  return [
    told(`${scenario.name}: # paths of # slots`, trials, last),
    told('drift # J a slot, volatility # kJ, quantum # µJ', drift, sigma / 1e3, quantumJoules * 1e6),
    told(
      'mean within # σ, variance within #, Kolmogorov distance # of',
      ...[Math.max(1e-15, Math.abs(samplingError.mean)), Math.abs(samplingError.variance), samplingError.kolmogorov],
    ),
    told('capacity # kJ, charge at the start # kJ', capacityJoules / 1e3, initialJoules / 1e3),
    told('slots: of # s each', scenario.slotSeconds),
    told('their # % interval; q(0\\.99): # paths in # have no more', 95, 0.99, 99, 100),
    told('; # where that is more than the value', 0),
    ...(site.isJudged ? coarseRules(site.judgement()) : []),
    told(
      'all # tests against the exact law of the battery’s chain, family-wise α #;(?=\\s)',
      ...[site.isJudged ? site.judgement().tests : NaN, 0.001],
    ),
    told(
      '# threads?: # path-slots/s, # s',
      ...[timed.engine.adapter.threads, timed.pathSlotsPerSecond, timed.elapsedSeconds],
    ),
  ];
}
