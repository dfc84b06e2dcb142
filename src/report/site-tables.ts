/** The tables of a site. Pointers are into summary.json. The page draws them while a run goes on, from its summary alone. */
import { largestOf } from '../numeric/extremes.js';
import { normalCritical } from '../numeric/normal.js';
import type { MeanEstimate, SiteHorizon, SiteSummary } from '../stats/site-summary.js';
import type { HorizonSummary } from '../stats/summary.js';
import { formatLike, shownDeviation, shownMean, shownQuantile, shownZero, withError } from './estimate.js';
import type { Shown } from './estimate.js';
import { notesText, slotsNote } from './notes.js';
import { errorInterval, shareInterval } from '../stats/site-summary.js';
import { NONE, estimateCell, meanCell, rangeCell, rangedCells, slotsCell, valueOf } from './table-model.js';
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
  const scale = (of: (h: SiteHorizon) => HorizonSummary, unit?: string): Scaled =>
    scaleOf(
      horizons.map((h) => of(h).meanDeficit),
      unit,
    );
  const energy = scale((h) => h.auxiliary);
  const waste = scale((h) => h.waste);
  const level = scale((h) => h.level);
  const peak = scale((h) => h.peakWatts, 'W');
  const intervals = percentOf(confidence);
  return {
    caption: `Energy and battery, with ${intervals} intervals`,
    columns: [
      { header: 'slots' },
      { header: 'time', only: 'html' },
      { header: `E[A] ${energy.unit}`, title: `auxiliary E[A], ${energy.unit}` },
      { header: 'q0.99', title: `q0.99, ${energy.unit}`, isJoined: true },
      { header: 'P(A = 0)' },
      { header: '95 %', isJoined: true, only: 'text' },
      { header: `peak ${peak.unit}`, title: `peak, ${peak.unit}` },
      { header: 'q0.99', title: `q0.99, ${peak.unit}`, isJoined: true },
      { header: `waste ${waste.unit}`, title: `wasted, ${waste.unit}` },
      { header: `level ${level.unit}`, title: `charge left, ${level.unit}` },
      { header: 'P(empty)' },
      { header: '95 %', isJoined: true, only: 'text' },
      { header: 'P(full)' },
      { header: '95 %', isJoined: true, only: 'text' },
    ],
    rows: horizons.map((h, i) => {
      const at = `/horizons/${i}`;
      const mean = (own: HorizonSummary, key: string, { factor }: Scaled, meanKey = 'mean'): Cell =>
        meanCell(shownMean(own), `${at}${key}/${meanKey}`, own.meanInterval, `${at}${key}/meanInterval`, factor);
      const top = (own: HorizonSummary, key: string, { factor }: Scaled): Cell => {
        const quantile = own.quantiles.find((x) => x.probability === 0.99);
        return quantile === undefined
          ? NONE
          : estimateCell(shownQuantile(quantile), `${at}${key}/quantiles/0.99`, factor);
      };
      const share = (p: number | null, key: string): readonly Cell[] => {
        if (p === null) return [NONE, NONE];
        const shown = { value: p, ...shareInterval(p, h.trials, confidence) };
        return rangedCells(shown, `${at}/site/level/${key}`, `${at}/site/level/${key}Interval`);
      };
      return {
        cells: [
          slotsCell(h.slots),
          spanWords(h.slots * slotSeconds),
          mean(h.auxiliary, '', energy, 'meanDeficit'),
          top(h.auxiliary, '', energy),
          ...rangedCells(shownZero(h.auxiliary), `${at}/probabilityZero`, `${at}/probabilityZeroInterval`),
          mean(h.peakWatts, '/site/peakWatts', peak),
          top(h.peakWatts, '/site/peakWatts', peak),
          mean(h.waste, '/site/waste', waste),
          mean(h.level, '/site/level', level),
          ...share(h.level.probabilityEmpty, 'probabilityEmpty'),
          ...share(h.level.probabilityFull, 'probabilityFull'),
        ],
      };
    }),
    note: notesText(
      slotsNote(slotSeconds),
      'A: auxiliary energy up to T; peak: largest auxiliary power; waste: harvest that nothing could take; ' +
        'level: charge at T; means with their 95 % interval; q0.99: 99 paths in 100 have no more',
    ),
    dash: 'a battery without limit is never full',
  };
}

/** What came of the tasks at every horizon. */
export function tasksTable({ horizons, confidence }: SiteSummary): Table {
  const z = normalCritical(1 - confidence);
  const owed = scaleOf(horizons.map((h) => h.undoneEnergy.mean));
  return {
    caption: `Tasks, and slots in deficit, with ${percentOf(confidence)} intervals`,
    columns: [
      { header: 'slots' },
      { header: 'in deficit %', title: 'slots in deficit, %' },
      { header: 'half fail by', title: 'half of the paths in deficit by slot' },
      { header: 'tasks', title: 'tasks dispatched' },
      { header: 'energy a task' },
      { header: 'wait, slots' },
      { header: 'wait, s' },
      { header: 'overflowed %', title: 'sent off by a full queue, %' },
      { header: 'undone', title: 'tasks undone' },
      { header: `owed ${owed.unit}`, title: `energy that these need at least, ${owed.unit}` },
    ],
    rows: horizons.map((h, i) => {
      const at = `/horizons/${i}/site`;
      const mean = (own: MeanEstimate, key: string, factor = 1): Cell =>
        meanCell(
          withError(own.mean, z * own.standardError),
          `${at}/${key}/mean`,
          errorInterval(own, confidence),
          `${at}/${key}/interval`,
          factor,
        );
      const single = (value: number | null, key: string, format: (x: number) => string): Cell =>
        value === null ? NONE : valueOf(value, `${at}/${key}`, format);
      const half = h.firstPassage.quantiles.find((x) => x.probability === 0.5)?.slot ?? null;
      return {
        cells: [
          slotsCell(h.slots),
          mean(h.deficitFraction, 'deficitFraction', PERCENT.factor),
          single(half, 'firstPassage/slotQuantiles/0.5', String),
          mean(h.dispatched, 'dispatched'),
          single(h.joulesPerTask, 'joulesPerTask', (x) => formatQuantity(x, 'J')),
          single(h.waitSlots, 'waitSlots', (x) => formatNumber(x)),
          single(h.waitSeconds, 'waitSeconds', (x) => formatNumber(x)),
          single(h.overflowedShare, 'overflowedShare', (x) => formatNumber(100 * x, 3)),
          mean(h.undone, 'undone'),
          mean(h.undoneEnergy, 'undoneEnergy', owed.factor),
        ],
      };
    }),
    note:
      'in deficit: share of the slots that lack energy; half fail by: slot by which half the paths have lacked energy; ' +
      'tasks: dispatched by T; wait: of a dispatched task; overflowed: sent off at once by a full queue; ' +
      'undone, owed: tasks that still wait at T, and the least energy that they and tasks in service will take',
    dash: 'fewer than half the paths have lacked energy by then, or no task was dispatched',
  };
}

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
  const single = (label: string, value: number | null, key: string, format: (value: number) => string): Row => ({
    cells: [label, value === null ? NONE : valueOf(value, `${at}/site/${key}`, format), ...blank],
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
      mean('tasks dispatched', h.dispatched, PLAIN, 'dispatched'),
      single('energy a task', h.joulesPerTask, 'joulesPerTask', (x) => formatQuantity(x, 'J')),
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
  const row = (label: string, p: number, key: string, interval: string): Row => {
    const shown = { value: p, ...shareInterval(p, trials, confidence) };
    const at = `/horizons/${place}/site`;
    return {
      cells: [label, estimateCell(shown, `${at}/${key}`), rangeCell(shown, `${at}/${interval}`, formatLike(shown))],
    };
  };
  const ofLevel = (label: string, p: number, key: string): Row => row(label, p, `level/${key}`, `level/${key}Interval`);
  const { probabilityEmpty, probabilityFull } = level;
  return {
    caption: `After ${formatCount(slots)} slots: probabilities`,
    columns: [
      { header: 'what', align: 'left' },
      { header: 'probability' },
      { header: `${percentOf(confidence)} interval` },
    ],
    rows: [
      row(
        'no slot in deficit yet, A = 0',
        firstPassage.probabilityNone,
        'firstPassage/probabilityNone',
        'firstPassage/interval',
      ),
      ofLevel('battery empty', probabilityEmpty, 'probabilityEmpty'),
      ...(probabilityFull === null ? [] : [ofLevel('battery full', probabilityFull, 'probabilityFull')]),
    ],
  };
}

/** An estimate with the ends of its interval, for a report. @param at of the estimate, and of the interval */
function withRange(shown: Shown, at: string, intervalAt: string, { factor }: Scaled): Cell {
  return [estimateCell(shown, at, factor), { aside: rangeCell(shown, intervalAt, formatLike(shown, factor)) }];
}

/** `95 %`. */
function percentOf(share: number): string {
  return `${Number((100 * share).toPrecision(4))}\u00a0%`;
}
