/** The tables of a site's report. Cells that show a number of summary.json carry it in full, with its place there, as those of tables.ts do. */
import type { MeanEstimate, SiteHorizon, SiteSummary, SiteViolation } from '../../stats/site-summary.js';
import type { SiteVerdict } from '../../stats/site-verdict.js';
import { normalCritical } from '../../stats/normal.js';
import type { HorizonSummary } from '../../stats/summary.js';
import { comparedQuantities } from '../site-comparison.js';
import type { ComparedQuantity } from '../site-comparison.js';
import { shareInterval } from '../site-curves.js';
import { exactOf, noLawOf } from '../site-document.js';
import type { SiteDocument, SiteValidateDocument } from '../site-document.js';
import { VIOLATIONS } from '../site-names.js';
import { formatCount, formatNumber, formatQuantity, scaleFor } from '../table.js';
import type { Scaled } from '../table.js';
import { html } from './markup.js';
import type { Markup } from './markup.js';
import { siteTestLabel } from './site-words.js';
import { number, table, testTable } from './tables.js';
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
  const scale = (of: (h: SiteHorizon) => number, unit: string): Scaled =>
    scaleFor([Math.max(...horizons.map(of))], unit);
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
        html`${number(own.meanDeficit, `${at}/${place}`, formatNumber(own.meanDeficit / factor))}
        ${plusMinus((own.meanInterval.upper - own.meanDeficit) / factor)}`;
      const estimate = (own: MeanEstimate, place: string, { factor }: Scaled): Cell =>
        html`${number(own.mean, `${at}/${place}`, formatNumber(own.mean / factor))}
        ${plusMinus((z * own.standardError) / factor)}`;
      return {
        cells: [
          formatCount(h.slots),
          spanWords(h.slots * slotSeconds),
          mean(h.auxiliary, 'meanDeficit', energy),
          html`${number(h.auxiliary.probabilityZero, `${at}/probabilityZero`, formatNumber(h.auxiliary.probabilityZero))}
          ${range(h.auxiliary.probabilityZeroInterval, PLAIN)}`,
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
  const z = normalCritical(1 - confidence);
  const law = (label: string, own: HorizonSummary, unit: string, key: string, meanKey = 'mean'): Row => {
    const scale = scaleFor([own.meanDeficit, ...own.quantiles.map((q) => q.value)], unit);
    const shown = (value: number, place: string): Markup =>
      number(value, `${at}${key}/${place}`, formatNumber(value / scale.factor));
    return {
      cells: [
        `${label}, ${scale.unit}`,
        html`${shown(own.meanDeficit, meanKey)} ${range(own.meanInterval, scale)}`,
        shown(own.standardDeviation, 'standardDeviation'),
        ...own.quantiles.map((q) => html`${shown(q.value, `quantiles/${q.probability}`)} ${range(q.interval, scale)}`),
      ],
    };
  };
  const mean = (label: string, own: MeanEstimate, scale: Scaled, key: string): Row => ({
    cells: [
      scale.unit === '' ? label : `${label}, ${scale.unit}`,
      html`${number(own.mean, `${at}/site/${key}/mean`, formatNumber(own.mean / scale.factor))}
      ${range({ lower: Math.max(0, own.mean - z * own.standardError), upper: own.mean + z * own.standardError }, scale)}`,
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
      single('sent off by a full queue, %', h.overflowedShare, 'overflowedShare', (v) => formatNumber(100 * v, 3)),
    ],
  );
}

/** What is how likely at one horizon. */
export function siteChanceTable({ horizons, confidence }: SiteSummary, place: number): Markup {
  const h = horizons[place];
  const { level, firstPassage } = h;
  const row = (label: string, p: number, key: string, interval = shareInterval(p, h.trials, confidence)): Row => ({
    cells: [label, number(p, `/horizons/${place}/site/${key}`, formatNumber(p)), range(interval, PLAIN)],
  });
  return table(
    `After ${formatCount(h.slots)} slots: probabilities`,
    [{ header: '', text: true }, { header: 'probability' }, { header: `${percentOf(confidence)} interval` }],
    [
      row(
        'no slot in deficit yet, A = 0',
        firstPassage.probabilityNone,
        'firstPassage/probabilityNone',
        firstPassage.probabilityNoneInterval,
      ),
      row('battery empty', level.probabilityEmpty, 'level/probabilityEmpty'),
      ...(level.probabilityFull === null ? [] : [row('battery full', level.probabilityFull, 'level/probabilityFull')]),
    ],
  );
}

/** What every path was checked for, and on how many it failed by the last horizon. */
export function siteRulesTable({ horizons }: SiteSummary): Markup {
  const last = horizons[horizons.length - 1];
  return table(
    `Rules that ${formatCount(last.trials)} paths were checked for in every slot`,
    [{ header: 'broken where', text: true }, { header: 'paths that broke it' }, { header: '', text: true }],
    (Object.keys(VIOLATIONS) as SiteViolation[]).map((name) => {
      const paths = Math.max(...horizons.map((h) => h.violations[name]));
      return {
        cells: [
          VIOLATIONS[name],
          formatCount(paths),
          html`<span class="${paths === 0 ? 'pass' : 'failed'}">${paths === 0 ? 'kept' : 'BROKEN'}</span>`,
        ],
      };
    }),
  );
}

/** Simulated beside exact; nothing where no exact law is known. */
export function siteComparisonTable({ horizons }: SiteSummary, document: SiteValidateDocument): Markup | undefined {
  if (noLawOf(document) !== undefined) return undefined;
  const compared = horizons.map((h, i) => {
    const exact = exactOf(document.horizons[i]);
    return { slots: h.slots, quantities: exact === undefined ? [] : comparedQuantities(h, exact) };
  });
  // A quantity has one unit throughout, so that its horizons compare.
  const scaleOf = ({ name, unit }: ComparedQuantity): Scaled => {
    const own = compared.flatMap(({ quantities }) => quantities.filter((quantity) => quantity.name === name));
    return unit === '' ? PLAIN : scaleFor([Math.max(...own.map((quantity) => quantity.exact))], unit);
  };
  return table(
    'Simulated beside exact',
    [
      { header: 'slots' },
      { header: '', text: true },
      { header: 'simulated' },
      { header: 'exact' },
      { header: 'error of the exact value' },
    ],
    compared.flatMap(({ slots, quantities }) =>
      quantities.map((quantity, k): Row => {
        const { name, simulated, exact, error } = quantity;
        const { unit, factor } = scaleOf(quantity);
        return {
          first: k === 0,
          cells: [
            formatCount(slots),
            unit === '' ? name : `${name}, ${unit}`,
            formatNumber(simulated / factor, 6),
            formatNumber(exact / factor, 6),
            formatNumber(error / factor, 1),
          ],
        };
      }),
    ),
  );
}

/** Every test of every horizon; nothing where none was made. */
export function siteVerdictTable({ horizons, tests }: SiteValidateDocument): Markup | undefined {
  if (tests === 0) return undefined;
  return testTable<SiteVerdict>('Tests against the exact law of the battery’s chain', horizons, siteTestLabel);
}

/** The diffusion limit's mean beside the simulated one, where there is only that. */
export function siteLimitTable(document: SiteDocument): Markup | undefined {
  if (!('asymptotic' in document)) return undefined;
  const { asymptotic, horizons } = document;
  const { unit, factor } = scaleFor(
    horizons.map((h) => h.meanDeficit),
    'J',
  );
  return table(
    `The diffusion limit’s mean, ${unit}: asymptotic, it judges nothing`,
    [{ header: 'slots' }, { header: 'simulated' }, { header: 'limit' }, { header: 'difference' }],
    asymptotic.horizons.map((law, i) => {
      const seen = horizons[i].meanDeficit;
      return {
        cells: [
          formatCount(law.slots),
          number(seen, `/horizons/${i}/meanDeficit`, formatNumber(seen / factor)),
          number(law.meanDeficit, `/asymptotic/horizons/${i}/meanDeficit`, formatNumber(law.meanDeficit / factor)),
          `${formatNumber(100 * (law.meanDeficit / seen - 1), 2).replace('-', '−')} %`,
        ],
      };
    }),
  );
}

function plusMinus(half: number): Markup {
  return html`<small>± ${formatNumber(half, 2)}</small>`;
}

function range({ lower, upper }: { readonly lower: number; readonly upper: number }, { factor }: Scaled): Markup {
  const shown = (value: number): string => formatNumber(value / factor, factor === 1 ? 3 : 4);
  return Number.isFinite(upper)
    ? html`<small>${shown(lower)} … ${shown(upper)}</small>`
    : html`<small>at least ${shown(lower)}</small>`;
}

/** `95 %`. */
function percentOf(share: number): string {
  return `${Number((100 * share).toPrecision(4))}\u00a0%`;
}
