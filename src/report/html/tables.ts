/** The tables of report.html. Cells that show a number of summary.json carry it in full, with its place there (a JSON Pointer)
 *  in `data-at`. */
import type { ValidateDocument } from '../documents.js';
import type { HorizonCurves, SupError } from '../curves.js';
import { trialsToTellApart } from '../../stats/distance.js';
import type { Interval } from '../../stats/binomial.js';
import { formatLike, withError } from '../estimate.js';
import type { Format } from '../estimate.js';
import { formatCount, formatNumber, scaleFor } from '../table.js';
import { html } from './markup.js';
import type { Markup } from './markup.js';
import { TEST_LABELS, formatPValue, roundTrials, spanWords } from './words.js';

export interface Column {
  readonly header: string;
  /** Left-aligned. */
  readonly text?: boolean;
}

export type Cell = Markup | string;

export interface Row {
  readonly cells: readonly Cell[];
  /** The first of a group: a line is drawn above it. */
  readonly first?: boolean;
}

/** A table; its first column holds the headers of its rows. It scrolls by itself where it is too wide. */
export function table(caption: string, columns: readonly Column[], rows: readonly Row[]): Markup {
  const kind = (i: number): Markup | false => columns[i].text === true && html` class="text"`;
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption>
        <span>${caption}</span>
      </caption>
      <thead>
        <tr>
          ${columns.map(({ header }, i) => html`<th scope="col" ${kind(i)}>${header}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ cells, first }) =>
            html`<tr ${first === true && html` class="first"`}>
              ${cells.map((cell, i) =>
                i === 0 ? html`<th scope="row" ${kind(i)}>${cell}</th>` : html`<td ${kind(i)}>${cell}</td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A number of summary.json as it is shown. */
export function number(value: number, at: string, shown: string): Markup {
  return html`<data value="${value}" data-at="${at}">${shown}</data>`;
}

/** The ends of an interval; the lower alone where there is no upper one. @param at of the interval */
export function rangeOf({ lower, upper }: Interval, at: string, format: Format): Markup {
  const end = (value: number, name: string): Markup => number(value, `${at}/${name}`, format(value));
  return Number.isFinite(upper)
    ? html`${end(lower, 'lower')} … ${end(upper, 'upper')}`
    : html`at least ${end(lower, 'lower')}`;
}

/** Where the numbers of a walk stand within a horizon of summary.json: in an object of this name, or at its top. */
export type Within = '' | '/lumped';

/** Estimates of the mean beside the three rungs. */
export function meanTable({ horizons, scenario }: ValidateDocument, within: Within = ''): Markup {
  const { unit, factor } = scaleFor(
    horizons.map((h) => h.meanDeficit),
    'J',
  );
  return table(
    `Mean deficit E[D], ${unit}`,
    [
      { header: 'slots' },
      { header: 'time' },
      { header: 'simulated' },
      { header: '±\u00a095\u00a0%' },
      { header: 'exact' },
      { header: 'corrected' },
      { header: 'Brownian' },
    ],
    horizons.map((h, i) => {
      const at = `/horizons/${i}${within}`;
      const half = h.meanInterval.upper - h.meanDeficit;
      const format = formatLike(withError(h.meanDeficit, half), factor);
      const joules = (value: number, place: string): Markup => number(value, `${at}/${place}`, format(value));
      return {
        cells: [
          formatCount(h.slots),
          spanWords(h.slots * scenario.slotSeconds),
          joules(h.meanDeficit, 'meanDeficit'),
          format(half),
          joules(h.exact.meanDeficit, 'exact/meanDeficit'),
          joules(h.corrected.meanDeficit, 'corrected/meanDeficit'),
          joules(h.brownian.meanDeficit, 'brownian/meanDeficit'),
        ],
      };
    }),
  );
}

const LAWS = [
  ['simulated', undefined],
  ['exact', 'exact'],
  ['corrected', 'corrected'],
  ['Brownian', 'brownian'],
] as const;

/** Spread, atom and quantiles of all four laws. */
export function shapeTable({ horizons }: ValidateDocument, within: Within = ''): Markup {
  const { unit, factor } = scaleFor(
    horizons.map((h) => h.exact.standardDeviation),
    'J',
  );
  const quantiles = Object.keys(horizons[0].quantiles).sort((a, b) => Number(a) - Number(b));
  return table(
    `Spread and quantiles of the deficit, ${unit}; probability of none`,
    [
      { header: 'slots' },
      { header: 'law', text: true },
      { header: 'SD' },
      { header: 'P(D\u00a0=\u00a00)' },
      ...quantiles.map((p) => ({ header: `${formatNumber(100 * Number(p), 3).replace(/\.?0+$/, '')} %` })),
    ],
    horizons.flatMap((h, i) => {
      // The laws end where the intervals of the simulated one let them be compared.
      const deviation = formatLike({ value: h.standardDeviation, ...h.standardDeviationInterval }, factor);
      const zero = formatLike({ value: h.probabilityZero, ...h.probabilityZeroInterval });
      const quantile = quantiles.map((p) => formatLike({ value: h.quantiles[p], ...h.quantileIntervals[p] }, factor));
      return LAWS.map(([label, key], k): Row => {
        const law = key === undefined ? h : h[key];
        const at = `/horizons/${i}${within}${key === undefined ? '' : `/${key}`}`;
        const shown = (value: number, place: string, format: Format): Markup =>
          number(value, `${at}/${place}`, format(value));
        return {
          first: k === 0,
          cells: [
            formatCount(h.slots),
            label,
            shown(law.standardDeviation, 'standardDeviation', deviation),
            shown(law.probabilityZero, 'probabilityZero', zero),
            ...quantiles.map((p, j) => shown(law.quantiles[p], `quantiles/${p}`, quantile[j])),
          ],
        };
      });
    }),
  );
}

/** Every test of every horizon. */
export function verdictTable({ horizons }: ValidateDocument): Markup {
  return testTable('Tests against the exact law of the sampled walk', horizons, (v) => TEST_LABELS[v.name]);
}

/** One test as a table shows it. */
interface ShownTest {
  readonly statistic: number;
  readonly pValue: number;
  readonly alpha: number;
  readonly pass: boolean;
}

/** Tests by horizon, as they stand in a document's `horizons`; `label` says what a test is of. */
export function testTable<T extends ShownTest>(
  caption: string,
  horizons: readonly { readonly slots: number; readonly verdicts: readonly T[] }[],
  label: (test: T) => string,
): Markup {
  return table(
    caption,
    [
      { header: 'slots' },
      { header: 'test of', text: true },
      { header: 'statistic' },
      { header: 'p-value' },
      { header: 'α' },
      { header: 'verdict', text: true },
    ],
    horizons.flatMap((h, i) =>
      h.verdicts.map((v, k): Row => {
        const at = `/horizons/${i}/verdicts/${k}`;
        return {
          first: k === 0,
          cells: [
            formatCount(h.slots),
            label(v),
            number(v.statistic, `${at}/statistic`, formatNumber(v.statistic, 3).replace('-', '−')),
            number(v.pValue, `${at}/pValue`, formatPValue(v.pValue)),
            number(v.alpha, `${at}/alpha`, formatPValue(v.alpha)),
            html`<span class="${v.pass ? 'pass' : 'failed'}">${v.pass ? 'pass' : 'FAIL'}</span>`,
          ],
        };
      }),
    ),
  );
}

/** Sup errors of the two approximations against T. */
export function limitTable(
  { horizons }: ValidateDocument,
  curves: readonly HorizonCurves[],
  within: Within = '',
): Markup {
  const error = (value: number): string => (Number.isNaN(value) ? '—' : formatNumber(value, 3));
  const cells = ({ everywhere, beyondLayer }: SupError): string[] => [error(everywhere), error(beyondLayer)];
  return table(
    'Largest error of a CDF against the exact one',
    [
      { header: 'slots' },
      { header: 'Brownian' },
      { header: 'Brownian beyond 10σ' },
      { header: 'corrected' },
      { header: 'corrected beyond 10σ' },
      { header: 'seen: simulated − Brownian' },
      { header: 'trials that reject Brownian' },
      { header: 'rejected here', text: true },
    ],
    curves.map(({ supError, slots, trials }, i) => {
      const { seen, expected } = horizons[i].brownianDistance;
      const needed = trialsToTellApart(expected);
      const [brownian, corrected] = [cells(supError.brownian), cells(supError.corrected)];
      return {
        cells: [
          formatCount(slots),
          ...brownian,
          ...corrected,
          number(seen, `/horizons/${i}${within}/brownianDistance/seen`, error(seen)),
          `≈ ${roundTrials(needed)}`,
          trials >= needed ? 'yes' : 'no',
        ],
      };
    }),
  );
}
