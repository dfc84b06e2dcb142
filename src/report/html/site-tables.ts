/** The tables of a site's report. Cells that show a number of summary.json carry it in full, with its place there, as those of tables.ts do. */
import { largestOf } from '../../numeric/extremes.js';
import type { MeanEstimate, SiteHorizon, SiteSummary } from '../../stats/site-summary.js';
import { normalCritical } from '../../numeric/normal.js';
import type { HorizonSummary } from '../../stats/summary.js';
import {
  formatEstimate,
  formatLike,
  shownDeviation,
  shownMean,
  shownQuantile,
  shownZero,
  withError,
} from '../estimate.js';
import type { Shown } from '../estimate.js';
import { errorInterval, shareInterval } from '../../stats/site-summary.js';
import { formatCount, formatNumber, formatQuantity, scaleFor } from '../table.js';
import type { Scaled } from '../table.js';
import { html } from './markup.js';
import type { Markup } from './markup.js';
import { number, rangeOf, table } from './tables.js';
import type { Cell, Row } from './tables.js';
import { spanWords } from './words.js';

const NONE = '—';
const PERCENT: Scaled = { unit: '%', factor: 0.01 };
const PLAIN: Scaled = { unit: '', factor: 1 };

/** A horizon with its place in the summary. */
interface Placed {
  readonly h: SiteHorizon;
  readonly at: string;
}

/** The means of every horizon, side by side; the page shows it while a run goes on. */
export function siteMeansTable({ horizons, confidence }: SiteSummary, slotSeconds: number): Markup {
  const z = normalCritical(1 - confidence);
  // That of the largest: what is nearly nothing at first would make the rest long.
  const scale = (of: (h: SiteHorizon) => number, unit: string): Scaled => scaleFor([largestOf(horizons.map(of))], unit);
  const energy = scale((h) => h.auxiliary.meanDeficit, 'J');
  const peak = scale((h) => h.peakWatts.meanDeficit, 'W');
  const waste = scale((h) => h.waste.meanDeficit, 'J');
  const consumed = scale((h) => h.consumption.mean, 'J');
  const level = scale((h) => h.level.meanDeficit, 'J');
  return table(
    `Means over the paths, with ${percentOf(confidence)} intervals`,
    [
      { header: 'slots' },
      { header: 'time' },
      { header: `auxiliary E[A], ${energy.unit}` },
      { header: 'P(A\u00a0=\u00a00)' },
      { header: `peak, ${peak.unit}` },
      { header: `wasted, ${waste.unit}` },
      { header: `consumed, ${consumed.unit}` },
      { header: 'slots in deficit, %' },
      { header: `charge left, ${level.unit}` },
    ],
    horizons.map((h, i) => {
      const at = `/horizons/${i}`;
      const mean = (own: HorizonSummary, place: string, { factor }: Scaled): Cell =>
        plusMinus(shownMean(own), `${at}/${place}`, factor);
      const estimate = (own: MeanEstimate, place: string, { factor }: Scaled): Cell =>
        plusMinus(withError(own.mean, z * own.standardError), `${at}/${place}`, factor);
      return {
        cells: [
          formatCount(h.slots),
          spanWords(h.slots * slotSeconds),
          mean(h.auxiliary, 'meanDeficit', energy),
          withRange(shownZero(h.auxiliary), `${at}/probabilityZero`, `${at}/probabilityZeroInterval`, PLAIN),
          mean(h.peakWatts, 'site/peakWatts/mean', peak),
          mean(h.waste, 'site/waste/mean', waste),
          estimate(h.consumption, 'site/consumption/mean', consumed),
          estimate(h.deficitFraction, 'site/deficitFraction/mean', PERCENT),
          mean(h.level, 'site/level/mean', level),
        ],
      };
    }),
  );
}

/** Every quantity of one horizon. @param place of the horizon in the summary */
export function siteQuantityTable({ horizons, confidence }: SiteSummary, place: number): Markup {
  const placed: Placed = { h: horizons[place], at: `/horizons/${place}` };
  const { h, at } = placed;
  const law = (label: string, own: HorizonSummary, unit: string, key: string, meanKey = 'mean'): Row => {
    const scale = scaleFor([own.meanDeficit, ...own.quantiles.map((q) => q.value)], unit);
    const place = `${at}${key}`;
    const deviation = shownDeviation(own);
    return {
      cells: [
        `${label}, ${scale.unit}`,
        withRange(
          { value: own.meanDeficit, ...own.meanInterval },
          `${place}/${meanKey}`,
          `${place}/meanInterval`,
          scale,
        ),
        number(deviation.value, `${place}/standardDeviation`, formatEstimate(deviation, scale.factor)),
        ...own.quantiles.map((q) =>
          withRange(
            shownQuantile(q),
            `${place}/quantiles/${q.probability}`,
            `${place}/quantileIntervals/${q.probability}`,
            scale,
          ),
        ),
      ],
    };
  };
  const mean = (label: string, own: MeanEstimate, scale: Scaled, key: string): Row => ({
    cells: [
      scale.unit === '' ? label : `${label}, ${scale.unit}`,
      withRange(
        { value: own.mean, ...errorInterval(own, confidence) },
        `${at}/site/${key}/mean`,
        `${at}/site/${key}/interval`,
        scale,
      ),
      ...['', '', '', '', ''],
    ],
  });
  const single = (label: string, value: number | null, key: string, shown: (value: number) => string): Row => ({
    cells: [label, value === null ? NONE : number(value, `${at}/site/${key}`, shown(value)), ...['', '', '', '', '']],
  });
  const joules = (value: number): Scaled => scaleFor([value], 'J');
  return table(
    `After ${formatCount(h.slots)} slots: quantities with their ${percentOf(confidence)} intervals`,
    [
      { header: 'quantity', text: true },
      { header: 'mean' },
      { header: 'SD' },
      ...h.auxiliary.quantiles.map((q) => ({ header: `${percentOf(q.probability)} of the paths below` })),
    ],
    [
      law('auxiliary energy', h.auxiliary, 'J', '', 'meanDeficit'),
      law('peak auxiliary power', h.peakWatts, 'W', '/site/peakWatts'),
      law('harvest wasted', h.waste, 'J', '/site/waste'),
      law('charge left', h.level, 'J', '/site/level'),
      {
        cells: [
          'first slot in deficit',
          '',
          '',
          ...h.firstPassage.quantiles.map((q) =>
            q.slot === null
              ? 'later'
              : number(q.slot, `${at}/site/firstPassage/slotQuantiles/${q.probability}`, formatCount(q.slot)),
          ),
        ],
      },
      mean('slots in deficit', h.deficitFraction, PERCENT, 'deficitFraction'),
      mean('energy consumed', h.consumption, joules(h.consumption.mean), 'consumption'),
      mean('above the least possible', h.aboveBound, joules(h.aboveBound.mean), 'aboveBound'),
      mean('tasks dispatched', h.dispatched, PLAIN, 'dispatched'),
      single('energy a task', h.joulesPerTask, 'joulesPerTask', (v) => formatQuantity(v, 'J')),
      single('wait of a task, slots', h.waitSlots, 'waitSlots', formatNumber),
      single('wait of a task, time', h.waitSeconds, 'waitSeconds', spanWords),
      mean('tasks undone, waiting still', h.undone, PLAIN, 'undone'),
      mean('energy that undone work needs at least', h.undoneEnergy, joules(h.undoneEnergy.mean), 'undoneEnergy'),
      single('sent off by a full queue, %', h.overflowedShare, 'overflowedShare', (v) => formatNumber(100 * v, 3)),
    ],
  );
}

/** What is how likely at one horizon. */
export function siteChanceTable({ horizons, confidence }: SiteSummary, place: number): Markup {
  const h = horizons[place];
  const { level, firstPassage } = h;
  const row = (label: string, p: number, [key, interval]: readonly [string, string]): Row => {
    const shown = { value: p, ...shareInterval(p, h.trials, confidence) };
    const at = `/horizons/${place}/site`;
    return {
      cells: [
        label,
        number(p, `${at}/${key}`, formatEstimate(shown)),
        rangeOf(shown, `${at}/${interval}`, formatLike(shown)),
      ],
    };
  };
  return table(
    `After ${formatCount(h.slots)} slots: probabilities`,
    [{ header: 'what', text: true }, { header: 'probability' }, { header: `${percentOf(confidence)} interval` }],
    [
      row('no slot in deficit yet, A = 0', firstPassage.probabilityNone, [
        'firstPassage/probabilityNone',
        'firstPassage/interval',
      ]),
      row('battery empty', level.probabilityEmpty, ['level/probabilityEmpty', 'level/probabilityEmptyInterval']),
      ...(level.probabilityFull === null
        ? []
        : [row('battery full', level.probabilityFull, ['level/probabilityFull', 'level/probabilityFullInterval'])]),
    ],
  );
}

/** An estimate with its half-width; alone where it has none. */
function plusMinus(shown: Shown, at: string, factor: number): Markup {
  const format = formatLike(shown, factor);
  const half = shown.upper - shown.value;
  return html`${number(shown.value, at, format(shown.value))} ${half > 0 && html`<small>± ${format(half)}</small>`}`;
}

/** An estimate with the ends of its interval. @param at of the estimate, and of the interval */
function withRange(shown: Shown, at: string, intervalAt: string, { factor }: Scaled): Markup {
  const format = formatLike(shown, factor);
  return html`${number(shown.value, at, format(shown.value))} <small>${rangeOf(shown, intervalAt, format)}</small>`;
}

/** `95 %`. */
function percentOf(share: number): string {
  return `${Number((100 * share).toPrecision(4))}\u00a0%`;
}
