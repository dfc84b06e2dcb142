/**
 * The tables of a site. Pointers are into summary.json. The page draws them while a run goes on, from its summary
 * alone.
 */
import { largestOf } from '../numeric/extremes.js';
import { normalCritical } from '../numeric/normal.js';
import type { MeanEstimate, SiteHorizon, SiteSummary } from '../stats/site-summary.js';
import type { HorizonSummary } from '../stats/summary.js';
import { formatLike, shownDeviation, shownMean, shownQuantile, shownZero, withError } from './estimate.js';
import type { Format, Shown } from './estimate.js';
import { notesText, slotsNote } from './notes.js';
import { errorInterval, shareInterval } from '../stats/site-summary.js';
import {
  NONE,
  SLOTS,
  column,
  estimateCell,
  joined,
  left,
  meanCell,
  rangeCell,
  rangedCells,
  tableOf,
  valueOf,
} from './table-model.js';
import type { Cell, Row, Table } from './table-model.js';
import { formatCount, formatNumber } from '../numeric/format.js';
import { formatQuantity, scaleFor } from './table.js';
import type { Scaled } from './table.js';
import { spanWords } from './words.js';

const PERCENT: Scaled = { unit: '%', factor: 0.01 };
const PLAIN: Scaled = { unit: '', factor: 1 };

/** The unit of a column: that of its largest value, for what is nearly nothing would make the rest long. */
export function scaleOf(values: readonly number[], unit = 'J'): Scaled {
  return scaleFor([largestOf(values.map((value) => (Number.isFinite(value) ? Math.abs(value) : 0)))], unit);
}

/** What came of battery and energy at every horizon. */
export function batteryTable({ horizons, confidence }: SiteSummary, slotSeconds: number): Table {
  type Of = (h: SiteHorizon) => HorizonSummary;
  /** A mean, with the quantile that few paths exceed where that is asked for. */
  const quantity = (of: Of, key: string, short: string, long: string, { unit = 'J', hasTop = false } = {}) => {
    const means = horizons.map((h) => of(h).meanDeficit);
    const { unit: scaled, factor } = scaleOf(means, unit);
    const meanKey = key === '' ? 'meanDeficit' : 'mean';
    const mean = column({ header: `${short} ${scaled}`, title: `${long}, ${scaled}` }, (h: SiteHorizon, i) => {
      const at = `/horizons/${i}${key}`;
      return meanCell(shownMean(of(h)), `${at}/${meanKey}`, of(h).meanInterval, `${at}/meanInterval`, factor);
    });
    const top = joined({ header: 'q0.99', title: `q0.99, ${scaled}` }, (h: SiteHorizon, i) => {
      const quantile = of(h).quantiles.find((x) => x.probability === 0.99);
      const at = `/horizons/${i}${key}/quantiles/0.99`;
      return quantile === undefined ? NONE : estimateCell(shownQuantile(quantile), at, factor);
    });
    return hasTop ? [mean, top] : [mean];
  };
  /** A probability, with its interval in a column of its own where there is no room beside it. */
  const chance = (header: string, key: string, of: (h: SiteHorizon) => Shown | undefined) => {
    const cells = (h: SiteHorizon, i: number): readonly [Cell, Cell] => {
      const shown = of(h);
      const at = `/horizons/${i}/${key}`;
      return shown === undefined ? [NONE, NONE] : rangedCells(shown, at, `${at}Interval`);
    };
    return [
      column(header, (h: SiteHorizon, i) => cells(h, i)[0]),
      joined({ header: '95 %', only: 'text' }, (h: SiteHorizon, i) => cells(h, i)[1]),
    ];
  };
  const share = (p: number | null, trials: number): Shown | undefined =>
    p === null ? undefined : { value: p, ...shareInterval(p, trials, confidence) };
  return tableOf(horizons, {
    caption: `Energy and battery, with ${percentOf(confidence)} intervals`,
    columns: [
      SLOTS,
      column({ header: 'time', only: 'html' }, ({ slots }) => spanWords(slots * slotSeconds)),
      quantity((h) => h.auxiliary, '', 'E[A]', 'auxiliary E[A]', { hasTop: true }),
      chance('P(A = 0)', 'probabilityZero', (h) => shownZero(h.auxiliary)),
      quantity((h) => h.peakWatts, '/site/peakWatts', 'peak', 'peak', { unit: 'W', hasTop: true }),
      quantity((h) => h.waste, '/site/waste', 'waste', 'wasted'),
      quantity((h) => h.level, '/site/level', 'level', 'charge left'),
      chance('P(empty)', 'site/level/probabilityEmpty', (h) => share(h.level.probabilityEmpty, h.trials)),
      chance('P(full)', 'site/level/probabilityFull', (h) => share(h.level.probabilityFull, h.trials)),
    ],
    note: notesText(
      slotsNote(slotSeconds),
      'A: auxiliary energy up to T; peak: largest auxiliary power; waste: harvest that nothing could take; ' +
        'level: charge at T; means with their 95 % interval; q0.99: 99 paths in 100 have no more',
    ),
    dash: 'a battery without limit is never full',
  });
}

/** What came of the tasks at every horizon. */
export function tasksTable({ horizons, confidence }: SiteSummary): Table {
  const z = normalCritical(1 - confidence);
  const owed = scaleOf(horizons.map((h) => h.undoneEnergy.mean));
  const isExpected = horizons.some(({ tasks }) => tasks === 'expected');
  type Name = 'deficitFraction' | 'dispatched' | 'undone' | 'undoneEnergy';
  const mean = (header: string, title: string, key: Name, factor = 1) =>
    column({ header, title }, (h: SiteHorizon, i) => {
      const own = h[key];
      const at = `/horizons/${i}/site/${key}`;
      const shown = withError(own.mean, z * own.standardError);
      return meanCell(shown, `${at}/mean`, errorInterval(own, confidence), `${at}/interval`, factor);
    });
  type Single = 'joulesPerTask' | 'waitSlots' | 'waitSeconds' | 'overflowedShare';
  const single = (header: string, key: Single, format: Format, title = header) =>
    column({ header, title }, (h: SiteHorizon, i) => numberCell(h[key], `/horizons/${i}/site/${key}`, format));
  return tableOf(horizons, {
    caption: `Tasks, and slots in deficit, with ${percentOf(confidence)} intervals`,
    columns: [
      SLOTS,
      mean('in deficit %', 'slots in deficit, %', 'deficitFraction', PERCENT.factor),
      column({ header: 'half fail by', title: 'half of the paths in deficit by slot' }, (h, i) => {
        const half = h.firstPassage.quantiles.find((x) => x.probability === 0.5)?.slot ?? null;
        return numberCell(half, `/horizons/${i}/site/firstPassage/slotQuantiles/0.5`, String);
      }),
      isExpected
        ? mean('tasks, expected', 'tasks dispatched, expected', 'dispatched')
        : mean('tasks', 'tasks dispatched', 'dispatched'),
      single(isExpected ? 'energy a task, expected' : 'energy a task', 'joulesPerTask', (x) => formatQuantity(x, 'J')),
      single('wait, slots', 'waitSlots', (x) => formatNumber(x)),
      single('wait, s', 'waitSeconds', (x) => formatNumber(x)),
      single('overflowed %', 'overflowedShare', (x) => formatNumber(100 * x, 3), 'sent off by a full queue, %'),
      mean('undone', 'tasks undone', 'undone'),
      mean(`owed ${owed.unit}`, `energy that these need at least, ${owed.unit}`, 'undoneEnergy', owed.factor),
    ],
    note:
      'in deficit: share of the slots that lack energy; half fail by: slot by which half the paths have lacked energy; ' +
      `tasks: ${isExpected ? 'that arrive by T on average, exactly, for none was drawn' : 'dispatched by T'}; ` +
      'wait: of a dispatched task; overflowed: sent off at once by a full queue; ' +
      'undone, owed: tasks that still wait at T, and the least energy that they and tasks in service will take',
    dash: 'fewer than half the paths have lacked energy by then, or no task was dispatched',
  });
}

/** A number that may be missing. */
const numberCell = (value: number | null, at: string, format: Format): Cell =>
  value === null ? NONE : valueOf(value, at, format);

/** Every quantity of one horizon, for a report. @param place of the horizon in the summary */
export function quantityTable({ horizons, confidence }: SiteSummary, place: number): Table {
  const h = horizons[place];
  const at = `/horizons/${place}`;
  const law = (label: string, own: HorizonSummary, unit: string, key: string, meanKey = 'mean'): Row => {
    const scale = scaleFor([own.meanDeficit, ...own.quantiles.map((q) => q.value)], unit);
    const within = `${at}${key}`;
    const mean = { value: own.meanDeficit, ...own.meanInterval };
    return {
      cells: [
        `${label}, ${scale.unit}`,
        withRange(mean, `${within}/${meanKey}`, `${within}/meanInterval`, scale),
        estimateCell(shownDeviation(own), `${within}/standardDeviation`, scale.factor),
        ...own.quantiles.map((q) => {
          const p = q.probability;
          return withRange(shownQuantile(q), `${within}/quantiles/${p}`, `${within}/quantileIntervals/${p}`, scale);
        }),
      ],
    };
  };
  const expected = h.tasks === 'expected' ? ', expected' : '';
  const blank = Array.from({ length: h.auxiliary.quantiles.length + 1 }, () => '');
  const mean = (label: string, own: MeanEstimate, scale: Scaled, key: string): Row => {
    const shown = { value: own.mean, ...errorInterval(own, confidence) };
    return {
      cells: [
        scale.unit === '' ? label : `${label}, ${scale.unit}`,
        withRange(shown, `${at}/site/${key}/mean`, `${at}/site/${key}/interval`, scale),
        ...blank,
      ],
    };
  };
  const single = (label: string, value: number | null, key: string, format: Format): Row => ({
    cells: [label, numberCell(value, `${at}/site/${key}`, format), ...blank],
  });
  const joules = (value: number): Scaled => scaleFor([value], 'J');
  return {
    caption: `After ${formatCount(h.slots)} slots: quantities with their ${percentOf(confidence)} intervals`,
    columns: [
      { header: 'quantity', align: 'left' },
      { header: 'mean' },
      { header: 'SD' },
      ...h.auxiliary.quantiles.map((q) => ({ header: `${percentOf(q.probability)} of the paths below` })),
    ],
    rows: [
      law('auxiliary energy', h.auxiliary, 'J', '', 'meanDeficit'),
      law('peak auxiliary power', h.peakWatts, 'W', '/site/peakWatts'),
      law('harvest wasted', h.waste, 'J', '/site/waste'),
      law('charge left', h.level, 'J', '/site/level'),
      {
        cells: [
          ...['first slot in deficit', '', ''],
          ...h.firstPassage.quantiles.map(({ slot, probability }) =>
            slot === null
              ? 'later'
              : valueOf(slot, `${at}/site/firstPassage/slotQuantiles/${probability}`, formatCount),
          ),
        ],
      },
      mean('slots in deficit', h.deficitFraction, PERCENT, 'deficitFraction'),
      mean('energy consumed', h.consumption, joules(h.consumption.mean), 'consumption'),
      mean('above the least possible', h.aboveBound, joules(h.aboveBound.mean), 'aboveBound'),
      mean(`tasks dispatched${expected}`, h.dispatched, PLAIN, 'dispatched'),
      single(`energy a task${expected}`, h.joulesPerTask, 'joulesPerTask', (x) => formatQuantity(x, 'J')),
      single('wait of a task, slots', h.waitSlots, 'waitSlots', (x) => formatNumber(x)),
      single('wait of a task, time', h.waitSeconds, 'waitSeconds', spanWords),
      mean('tasks undone, waiting still', h.undone, PLAIN, 'undone'),
      mean('energy that undone work needs at least', h.undoneEnergy, joules(h.undoneEnergy.mean), 'undoneEnergy'),
      single('sent off by a full queue, %', h.overflowedShare, 'overflowedShare', (x) => formatNumber(100 * x, 3)),
    ],
    dash: 'no task was dispatched',
  };
}

/** What is how likely at one horizon, for a report. */
export function chanceTable({ horizons, confidence }: SiteSummary, place: number): Table {
  const { slots, trials, level, firstPassage } = horizons[place];
  const ofLevel = (label: string, p: number | null, key: string) =>
    p === null ? [] : [{ label, p, key: `level/${key}`, interval: `level/${key}Interval` }];
  const rows = [
    {
      ...{ label: 'no slot in deficit yet, A = 0', p: firstPassage.probabilityNone },
      ...{ key: 'firstPassage/probabilityNone', interval: 'firstPassage/interval' },
    },
    ...ofLevel('battery empty', level.probabilityEmpty, 'probabilityEmpty'),
    ...ofLevel('battery full', level.probabilityFull, 'probabilityFull'),
  ].map((row) => ({ ...row, shown: { value: row.p, ...shareInterval(row.p, trials, confidence) } }));
  const at = `/horizons/${place}/site`;
  return tableOf(rows, {
    caption: `After ${formatCount(slots)} slots: probabilities`,
    columns: [
      left('what', ({ label }) => label),
      column('probability', ({ shown, key }) => estimateCell(shown, `${at}/${key}`)),
      column(`${percentOf(confidence)} interval`, ({ shown, interval }) =>
        rangeCell(shown, `${at}/${interval}`, formatLike(shown)),
      ),
    ],
  });
}

/** An estimate with the ends of its interval, for a report. @param at of the estimate, and of the interval */
function withRange(shown: Shown, at: string, intervalAt: string, { factor }: Scaled): Cell {
  return [estimateCell(shown, at, factor), { aside: rangeCell(shown, intervalAt, formatLike(shown, factor)) }];
}

/** `95 %`. */
function percentOf(share: number): string {
  return `${Number((100 * share).toPrecision(4))}\u00a0%`;
}
