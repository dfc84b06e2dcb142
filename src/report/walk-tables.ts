/** The tables of the paper's walk, of both accountings. Pointers are into summary.json, of which they are made. */
import { trialsToTellApart } from '../stats/distance.js';
import type { HorizonCurves, SupError } from './curves.js';
import type { DistributedDocument } from './distributed.js';
import type { RunDocument, ValidateDocument } from './documents.js';
import {
  formatLike,
  shownDeviation,
  shownError,
  shownMean,
  shownQuantileOf,
  shownZero,
  withError,
} from './estimate.js';
import type { Format } from './estimate.js';
import { notesText, slotsNote } from './notes.js';
import { NONE, estimateCell, meanCell, plusMinusCell, slotsCell, valueOf } from './table-model.js';
import type { Cell, Column, Row, Table, Twofold } from './table-model.js';
import { formatNumber } from '../numeric/format.js';
import { scaleFor } from './table.js';
import type { Scaled } from './table.js';
import { TEST_LABELS, TEST_NAMES, formatPValue, roundTrials, spanWords, verdictText } from './words.js';

/** Where the numbers of a walk stand within a horizon of summary.json: in an object of this name, or at its top. */
export type Within = '' | '/lumped';

const SLOTS: readonly Column[] = [{ header: 'slots' }, { header: 'time', only: 'html' }];

const horizonCells = (slots: number, slotSeconds: number): readonly Cell[] => [
  slotsCell(slots),
  spanWords(slots * slotSeconds),
];

const meanScale = (horizons: readonly { readonly meanDeficit: number }[]): Scaled =>
  scaleFor(
    horizons.map((h) => h.meanDeficit),
    'J',
  );

/** A mean with its interval as the document has it. */
const horizonMean = (h: RunDocument['horizons'][number], at: string, factor: number): Twofold =>
  meanCell(shownMean(h), `${at}/meanDeficit`, h.meanInterval, `${at}/meanInterval`, factor);

/** `run`. */
export function runTable({ horizons, scenario: { slotSeconds } }: RunDocument): Table {
  const { unit, factor } = meanScale(horizons);
  const quantiles = Object.keys(horizons[0].quantiles);
  return {
    caption: `Auxiliary energy, ${unit}`,
    columns: [
      ...SLOTS,
      { header: `E[D] ${unit}, 95 %` },
      { header: `SD ${unit}` },
      { header: 'P(D = 0)' },
      ...quantiles.map((p) => ({ header: `q${p}` })),
    ],
    rows: horizons.map((h, i) => {
      const at = `/horizons/${i}`;
      return {
        cells: [
          ...horizonCells(h.slots, slotSeconds),
          horizonMean(h, at, factor),
          estimateCell(shownDeviation(h), `${at}/standardDeviation`, factor),
          estimateCell(shownZero(h), `${at}/probabilityZero`),
          ...quantiles.map((p) => estimateCell(shownQuantileOf(h, p), `${at}/quantiles/${p}`, factor)),
        ],
      };
    }),
    note: notesText(
      slotsNote(slotSeconds),
      `E[D]: mean auxiliary energy needed; SD: its standard deviation; ` +
        `q0.9: nine paths in ten need no more, ${unit}; ` +
        'each number ends where its 95 % interval has two digits',
    ),
  };
}

/** `validate`: estimates beside the three approximations. */
export function estimatesTable({ horizons, scenario: { slotSeconds } }: ValidateDocument, within: Within = ''): Table {
  const { unit, factor } = meanScale(horizons);
  return {
    caption: `Mean deficit E[D], ${unit}`,
    columns: [
      ...SLOTS,
      { header: `E[D] ${unit}, 95 %`, title: 'simulated, with its 95\u00a0% interval' },
      { header: 'exact', isJoined: true },
      { header: 'corrected', isJoined: true },
      { header: 'Brownian', isJoined: true },
      { header: 'P(D=0)', title: 'P(D\u00a0=\u00a00)' },
      { header: 'exact', title: 'P(D\u00a0=\u00a00), exact', isJoined: true },
      { header: 'sup|F−B|', only: 'text' },
      { header: 'theory', isJoined: true, only: 'text' },
    ],
    rows: horizons.map((h, i) => {
      const at = `/horizons/${i}${within}`;
      const mean = formatLike(shownMean(h), factor);
      const zero = formatLike(shownZero(h));
      const { seen, expected, criticalValue } = h.brownianDistance;
      // What the paths lie off the Brownian law is known as well as their distribution function is.
      const distance = formatLike(withError(seen, criticalValue));
      return {
        cells: [
          ...horizonCells(h.slots, slotSeconds),
          horizonMean(h, at, factor),
          valueOf(h.exact.meanDeficit, `${at}/exact/meanDeficit`, mean),
          valueOf(h.corrected.meanDeficit, `${at}/corrected/meanDeficit`, mean),
          valueOf(h.brownian.meanDeficit, `${at}/brownian/meanDeficit`, mean),
          valueOf(h.probabilityZero, `${at}/probabilityZero`, zero),
          valueOf(h.exact.probabilityZero, `${at}/exact/probabilityZero`, zero),
          distance(seen),
          distance(expected),
        ],
      };
    }),
    note: notesText(
      slotsNote(slotSeconds),
      'E[D]: mean auxiliary energy needed; exact: of the discrete walk; corrected, Brownian: of its diffusions; ' +
        'sup|F−B|: largest distance of the paths’ distribution from the Brownian one; theory: as the exact law has it',
    ),
  };
}

const LAWS = [
  ['simulated', undefined],
  ['exact', 'exact'],
  ['corrected', 'corrected'],
  ['Brownian', 'brownian'],
] as const;

/** Spread, atom and quantiles of all four laws, for a report. */
export function shapeTable({ horizons }: ValidateDocument, within: Within = ''): Table {
  const { unit, factor } = scaleFor(
    horizons.map((h) => h.exact.standardDeviation),
    'J',
  );
  const quantiles = Object.keys(horizons[0].quantiles).sort((a, b) => Number(a) - Number(b));
  return {
    caption: `Spread and quantiles of the deficit, ${unit}; probability of none`,
    columns: [
      { header: 'slots' },
      { header: 'law', align: 'left' },
      { header: 'SD' },
      { header: 'P(D\u00a0=\u00a00)' },
      ...quantiles.map((p) => ({ header: `${formatNumber(100 * Number(p), 3).replace(/\.?0+$/, '')} %` })),
    ],
    rows: horizons.flatMap((h, i) => {
      // The laws end where the intervals of the simulated one let them be compared.
      const deviation = formatLike(shownDeviation(h), factor);
      const zero = formatLike(shownZero(h));
      const quantile = quantiles.map((p) => formatLike(shownQuantileOf(h, p), factor));
      return LAWS.map(([label, key], k): Row => {
        const law = key === undefined ? h : h[key];
        const at = `/horizons/${i}${within}${key === undefined ? '' : `/${key}`}`;
        return {
          continues: k > 0,
          cells: [
            slotsCell(h.slots),
            label,
            valueOf(law.standardDeviation, `${at}/standardDeviation`, deviation),
            valueOf(law.probabilityZero, `${at}/probabilityZero`, zero),
            ...quantiles.map((p, j) => valueOf(law.quantiles[p], `${at}/quantiles/${p}`, quantile[j])),
          ],
        };
      });
    }),
  };
}

/** One test as a table shows it. */
interface ShownTest {
  readonly statistic: number;
  readonly pValue: number;
  readonly alpha: number;
  readonly pass: boolean;
}

/** Tests of every horizon, as they stand in a document's `horizons`, for a report. @param label what a test is of */
export function testsTable<T extends ShownTest>(
  caption: string,
  horizons: readonly { readonly slots: number; readonly verdicts: readonly T[] }[],
  label: (test: T) => string,
): Table {
  return {
    caption,
    columns: [
      { header: 'slots' },
      { header: 'test of', align: 'left' },
      { header: 'statistic' },
      { header: 'p-value' },
      { header: 'α' },
      { header: 'verdict', align: 'left' },
    ],
    rows: horizons.flatMap((h, i) =>
      h.verdicts.map((v, k): Row => {
        const at = `/horizons/${i}/verdicts/${k}`;
        return {
          continues: k > 0,
          cells: [
            slotsCell(h.slots),
            label(v),
            valueOf(v.statistic, `${at}/statistic`, (x) => formatNumber(x, 3).replace('-', '−')),
            valueOf(v.pValue, `${at}/pValue`, formatPValue),
            valueOf(v.alpha, `${at}/alpha`, formatPValue),
            { pass: v.pass, shown: v.pass ? 'pass' : 'FAIL' },
          ],
        };
      }),
    ),
  };
}

/** The tests of a walk. */
export const walkTestsTable = ({ horizons }: ValidateDocument): Table =>
  testsTable('Tests against the exact law of the sampled walk', horizons, (v) => TEST_LABELS[v.name]);

/** The tests of a walk in as few columns as a terminal has: the p-values. */
export function verdictsTable({ horizons }: ValidateDocument): Table {
  // A horizon whose law is missing has fewer tests, or none.
  const names = horizons
    .reduce((most, h) => (h.verdicts.length > most.length ? h.verdicts : most), horizons[0].verdicts)
    .map((v) => v.name);
  return {
    caption: 'p-values',
    columns: [
      { header: 'slots' },
      ...names.map((name) => ({ header: TEST_NAMES[name], align: 'left' as const })),
      { header: 'verdict', align: 'left' },
    ],
    rows: horizons.map(({ slots, verdicts }) => ({
      cells: [
        slotsCell(slots),
        ...names.map((name) => {
          const own = verdicts.find((v) => v.name === name);
          return own === undefined ? NONE : verdictText(own);
        }),
        verdicts.length === 0 ? 'not judged' : verdicts.every((v) => v.pass) ? 'pass' : 'FAIL',
      ],
    })),
    note: 'p: the chance that a right engine lies as far from the exact law',
    dash: 'not tested, for that part of the exact law is missing',
  };
}

/** Sup errors of the two approximations against T, for a report. */
export function limitTable(
  { horizons }: ValidateDocument,
  curves: readonly HorizonCurves[],
  within: Within = '',
): Table {
  const error = (value: number): string => (Number.isNaN(value) ? NONE : formatNumber(value, 3));
  const cells = ({ everywhere, beyondLayer }: SupError): string[] => [error(everywhere), error(beyondLayer)];
  return {
    caption: 'Largest error of a CDF against the exact one',
    dash: 'the distribution of the exact law is missing',
    columns: [
      { header: 'slots' },
      { header: 'Brownian' },
      { header: 'Brownian beyond 10σ' },
      { header: 'corrected' },
      { header: 'corrected beyond 10σ' },
      { header: 'seen: simulated − Brownian' },
      { header: 'trials that reject Brownian' },
      { header: 'rejected here', align: 'left' },
    ],
    rows: curves.map(({ supError, slots, trials }, i) => {
      const { seen, expected } = horizons[i].brownianDistance;
      const needed = trialsToTellApart(expected);
      return {
        cells: [
          slotsCell(slots),
          ...cells(supError.brownian),
          ...cells(supError.corrected),
          valueOf(seen, `/horizons/${i}${within}/brownianDistance/seen`, error),
          `≈ ${roundTrials(needed)}`,
          trials >= needed ? 'yes' : 'no',
        ],
      };
    }),
  };
}

/** `validate` of energy burned over the service: the run beside its lumped companion on the same draws. */
export function distributedTable({ horizons, scenario: { slotSeconds } }: DistributedDocument): Table {
  const { unit, factor } = meanScale(horizons.map((h) => h.lumped));
  const mean = (
    own: { readonly meanDeficit: number; readonly standardError: number },
    at: string,
  ): readonly [Cell, Format] => {
    const shown = shownError(own);
    return [plusMinusCell(shown, `${at}/meanDeficit`, factor), formatLike(shown, factor)];
  };
  return {
    caption: `Deficit with energy burned over the service, ${unit}, with 95\u00a0% intervals`,
    columns: [
      ...SLOTS,
      { header: `E[D] ${unit}, 95 %`, title: 'mean' },
      { header: 'with control', title: 'mean with control', isJoined: true },
      { header: 'P(D=0)', title: 'P(D\u00a0=\u00a00)' },
      { header: 'q0.99', title: '99\u00a0%' },
      { header: 'lumped E[D]', title: 'lumped mean' },
      { header: 'exact', title: 'lumped mean, exact', isJoined: true },
      { header: 'lumped q0.99', title: 'lumped 99\u00a0%' },
      { header: 'exact', title: 'lumped 99\u00a0%, exact', isJoined: true },
    ],
    rows: horizons.map((h, i) => {
      const at = `/horizons/${i}`;
      const lumped = `${at}/lumped`;
      const top = shownQuantileOf(h.lumped, '0.99');
      const [lumpedMean, likeMean] = mean(h.lumped, lumped);
      return {
        cells: [
          ...horizonCells(h.slots, slotSeconds),
          mean(h, at)[0],
          mean(h.controlled, `${at}/controlled`)[0],
          estimateCell(shownZero(h), `${at}/probabilityZero`),
          estimateCell(shownQuantileOf(h, '0.99'), `${at}/quantiles/0.99`, factor),
          lumpedMean,
          valueOf(h.lumped.exact.meanDeficit, `${lumped}/exact/meanDeficit`, likeMean),
          estimateCell(top, `${lumped}/quantiles/0.99`, factor),
          valueOf(h.lumped.exact.quantiles['0.99'], `${lumped}/exact/quantiles/0.99`, formatLike(top, factor)),
        ],
      };
    }),
    note: notesText(
      slotsNote(slotSeconds),
      'E[D]: mean auxiliary energy, burned over the service; ' +
        'with control: sharpened by the lumped deficit on the same draws, whose mean is known; ' +
        'q0.99: 99 paths in 100 need no more; lumped: burned at arrival',
    ),
  };
}
