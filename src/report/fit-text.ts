/** What was fitted to a file of requests, for people: the curve of dispersion as table and picture, the reserves. */
import { largestOf } from '../numeric/extremes.js';
import { formatNumber } from '../numeric/format.js';
import { formatTable, scaleFor } from './table.js';
import type { FittedWindow, Remark1, RequestsFit } from '../study/fit/requests.js';

const BAR = 32;

/** Seconds as a person would write them. */
const span = (seconds: number): string =>
  seconds % 3600 === 0 ? `${seconds / 3600} h` : seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;

/** Bars on a logarithmic scale from 1 up: `█` measured, `░` fitted. */
function bars(windows: readonly FittedWindow[]): string[] {
  const curve = windows.map(({ measured, fitted, modulated }) => [measured, modulated ?? fitted] as const);
  const most = Math.log(largestOf([Math.E, ...curve.flat()]));
  const bar = (value: number, sign: string): string =>
    sign.repeat(Math.max(0, Math.round((BAR * Math.log(value)) / most)));
  const width = largestOf(windows.map(({ seconds }) => span(seconds).length));
  return curve.flatMap(([measured, fitted], i) => [
    `  ${span(windows[i].seconds).padStart(width)} ${bar(measured, '█')} ${formatNumber(measured, 3)}`,
    `  ${' '.repeat(width)} ${bar(fitted, '░')} ${formatNumber(fitted, 3)}`,
  ]);
}

const NAMES: Readonly<Record<Remark1['models'][number]['model'], string>> = {
  poisson: 'independent slots, Poisson',
  dispersed: 'independent slots, dispersed',
  modulated: 'two states of load',
  bootstrap: 'blocks of the file itself',
};

function reservesText({ models, risk, slots, blockSlots, holds, paths }: Remark1, slotSeconds: number): string {
  const { unit, factor } = scaleFor(
    models.map(({ reserve }) => reserve),
    'J',
  );
  const number = (joules: number): string => formatNumber(joules / factor, 4);
  const [poisson] = models;
  const rows = models.map(({ model, reserve, interval }) => [
    NAMES[model],
    number(reserve),
    `${number(interval.lower)} to ${number(interval.upper)}`,
    formatNumber(reserve / poisson.reserve, 3),
  ]);
  const table = formatTable(
    [
      { header: 'model of the demand', align: 'left' },
      { header: `reserve (${unit})` },
      { header: '95 % interval' },
      { header: 'of Poisson’s' },
    ],
    rows,
  );
  const answer = holds
    ? 'Independent slots ask for what the file’s own blocks ask for, as far as these intervals tell: Remark 1 may be ' +
      'taken to hold here. Shorter slots or a longer file tell more.'
    : 'Independent slots do not ask for what the file’s own blocks ask for: Remark 1 does not hold here, and the ' +
      'walk of independent slots sizes a battery wrongly.';
  return [
    `Reserves at risk ${formatNumber(risk, 3)} over ${slots} slots of ${span(slotSeconds)}, a constant harvest bringing ` +
      `the mean demand; ${paths} paths a model, blocks of ${span(blockSlots * slotSeconds)}:`,
    '',
    table,
    answer,
    '',
  ].join('\n');
}

/** The text of `fit requests`. */
export function requestsFitText({ arrivals, tasks, fit, slotSeconds }: RequestsFit): string {
  const { load } = fit;
  const table = formatTable(
    [
      { header: 'window' },
      { header: 'windows' },
      { header: 'measured' },
      { header: 'arrivals' },
      ...(load === null ? [] : [{ header: 'two loads' }]),
    ],
    fit.windows.map(({ seconds, windows, measured, fitted, modulated }) => [
      span(seconds),
      String(windows),
      formatNumber(measured, 3),
      formatNumber(fitted, 3),
      ...(modulated === null ? [] : [formatNumber(modulated, 3)]),
    ]),
  );
  const { profile, ratePerSlot } = arrivals;
  const parts = [
    `${formatNumber(ratePerSlot, 4)} a slot of ${span(slotSeconds)}`,
    `dispersion ${formatNumber(fit.dispersion, 3)}${profile === undefined ? '' : ' (which no site takes)'}`,
    profile === undefined ? 'no profile (less than two days)' : 'a profile by the hour of the day',
  ];
  const lasting = load?.lasting.map((slots) => span(Math.round(slots * slotSeconds))).join(' and ');
  return [
    `${fit.file} (${fit.format}): ${fit.requests} requests in ${span(fit.seconds)} from ${fit.start}`,
    `  arrivals: ${parts.join(', ')}`,
    `  tasks: ${tasks.length} kinds by tokens; mean ${formatNumber(fit.meanTokens)} (file ` +
      `${formatNumber(fit.measuredMeanTokens)}), variance ${formatNumber(fit.varianceTokens)} (file ` +
      `${formatNumber(fit.measuredVarianceTokens)}), ${formatNumber(fit.joulesPerToken)} J a token`,
    '',
    'Variance over mean of counts in windows (1: Poisson):',
    '',
    table,
    `█ measured, ░ ${load === null ? 'arrivals' : 'two loads'}, logarithmic from 1:`,
    ...bars(fit.windows),
    '',
    load === null
      ? fit.windows.length < 3
        ? 'Windows are too few to tell whether a load lasts over slots: shorter slots or a longer file have more.'
        : 'Counts do not grow more uneven with the window: independent slots have all of it.'
      : `Two loads fit the curve: ${load.states.map(({ factor }) => formatNumber(factor, 3)).join(' and ')} of the ` +
        `mean rate, lasting ${lasting ?? ''} on average. No scenario has them yet; independent slots are all that ` +
        '`arrivals` says.',
    '',
    reservesText(fit.remark1, slotSeconds),
  ].join('\n');
}
