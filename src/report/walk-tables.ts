/** The tables of the paper's walk, of both accountings. Pointers are into summary.json, of which they are made. */
import { trialsToTellApart } from '../stats/distance.js';
import type { HorizonCurves, SupError } from './curves.js';
import { CLAIMS } from './distributed.js';
import type { DistributedDocument, DistributedVerdict, DistributedVerdictName } from './distributed.js';
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
import { notesText, slotsNote } from './notes.js';
import {
  NONE,
  SLOTS,
  column,
  estimateCell,
  joined,
  left,
  meanCell,
  plusMinusCell,
  tableOf,
  valueOf,
} from './table-model.js';
import type { Cell, Column, Table, Twofold } from './table-model.js';
import { formatCount, formatNumber } from '../numeric/format.js';
import { scaleFor } from './table.js';
import type { Scaled } from './table.js';
import { TEST_LABELS, TEST_NAMES, formatPValue, roundTrials, spanWords, verdictText } from './words.js';

/** Where the numbers of a walk stand within a horizon of summary.json: in an object of this name, or at its top. */
export type Within = '' | '/lumped';

/** The horizon, and in a report the time that it is. */
const horizonColumns = (slotSeconds: number): readonly Column<{ readonly slots: number }>[] => [
  SLOTS,
  column({ header: 'time', only: 'html' }, ({ slots }) => spanWords(slots * slotSeconds)),
];

/** Horizons with their place in the document. */
const placed = <H>(horizons: readonly H[], within: Within = ''): (H & { readonly at: string })[] =>
  horizons.map((h, i) => ({ ...h, at: `/horizons/${i}${within}` }));

const meanScale = (horizons: readonly { readonly meanDeficit: number }[]): Scaled =>
  scaleFor(
    horizons.map((h) => h.meanDeficit),
    'J',
  );

/** A mean with its interval as the document has it. */
const horizonMean = (h: RunDocument['horizons'][number] & { readonly at: string }, factor: number): Twofold =>
  meanCell(shownMean(h), `${h.at}/meanDeficit`, h.meanInterval, `${h.at}/meanInterval`, factor);

/** `run`. */
export function runTable({ horizons, scenario: { slotSeconds } }: RunDocument): Table {
  const { unit, factor } = meanScale(horizons);
  return tableOf(placed(horizons), {
    caption: `Auxiliary energy, ${unit}`,
    columns: [
      horizonColumns(slotSeconds),
      column(`E[D] ${unit}, 95 %`, (h) => horizonMean(h, factor)),
      column(`SD ${unit}`, (h) => estimateCell(shownDeviation(h), `${h.at}/standardDeviation`, factor)),
      column('P(D = 0)', (h) => estimateCell(shownZero(h), `${h.at}/probabilityZero`)),
      Object.keys(horizons[0].quantiles).map((p) =>
        column(`q${p}`, (h) => estimateCell(shownQuantileOf(h, p), `${h.at}/quantiles/${p}`, factor)),
      ),
    ],
    note: notesText(
      slotsNote(slotSeconds),
      `E[D]: mean auxiliary energy needed; SD: its standard deviation; ` +
        `q0.9: nine paths in ten need no more, ${unit}; ` +
        'each number ends where its 95 % interval has two digits',
    ),
  });
}

/** `validate`: estimates beside the three approximations. */
export function estimatesTable({ horizons, scenario: { slotSeconds } }: ValidateDocument, within: Within = ''): Table {
  const { unit, factor } = meanScale(horizons);
  const rows = placed(horizons, within).map((h) => ({
    ...h,
    mean: formatLike(shownMean(h), factor),
    zero: formatLike(shownZero(h)),
    // What the paths lie off the Brownian law is known as well as their distribution function is.
    distance: formatLike(withError(h.brownianDistance.seen, h.brownianDistance.criticalValue)),
  }));
  return tableOf(rows, {
    caption: `Mean deficit E[D], ${unit}`,
    columns: [
      horizonColumns(slotSeconds),
      column({ header: `E[D] ${unit}, 95 %`, title: 'simulated, with its 95\u00a0% interval' }, (h) =>
        horizonMean(h, factor),
      ),
      (['exact', 'corrected', 'brownian'] as const).map((law) =>
        joined(law === 'brownian' ? 'Brownian' : law, (h) =>
          valueOf(h[law].meanDeficit, `${h.at}/${law}/meanDeficit`, h.mean),
        ),
      ),
      column({ header: 'P(D=0)', title: 'P(D\u00a0=\u00a00)' }, (h) =>
        valueOf(h.probabilityZero, `${h.at}/probabilityZero`, h.zero),
      ),
      joined({ header: 'exact', title: 'P(D\u00a0=\u00a00), exact' }, (h) =>
        valueOf(h.exact.probabilityZero, `${h.at}/exact/probabilityZero`, h.zero),
      ),
      column({ header: 'sup|F−B|', only: 'text' }, (h) => h.distance(h.brownianDistance.seen)),
      joined({ header: 'theory', only: 'text' }, (h) => h.distance(h.brownianDistance.expected)),
    ],
    note: notesText(
      slotsNote(slotSeconds),
      'E[D]: mean auxiliary energy needed; exact: of the discrete walk; corrected, Brownian: of its diffusions; ' +
        'sup|F−B|: largest distance of the paths’ distribution from the Brownian one; theory: as the exact law has it',
    ),
  });
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
  // The laws end where the intervals of the simulated one let them be compared.
  const rows = placed(horizons, within).flatMap((h) =>
    LAWS.map(([label, key]) => ({
      ...{ slots: h.slots, simulated: h, label },
      law: key === undefined ? h : h[key],
      at: key === undefined ? h.at : `${h.at}/${key}`,
    })),
  );
  return tableOf(rows, {
    caption: `Spread and quantiles of the deficit, ${unit}; probability of none`,
    isFirst: ({ label }) => label === 'simulated',
    columns: [
      SLOTS,
      left('law', ({ label }) => label),
      column('SD', ({ law, at, simulated }) =>
        valueOf(law.standardDeviation, `${at}/standardDeviation`, formatLike(shownDeviation(simulated), factor)),
      ),
      column('P(D\u00a0=\u00a00)', ({ law, at, simulated }) =>
        valueOf(law.probabilityZero, `${at}/probabilityZero`, formatLike(shownZero(simulated))),
      ),
      quantiles.map((p) =>
        column(`${formatNumber(100 * Number(p), 3).replace(/\.?0+$/, '')} %`, ({ law, at, simulated }) =>
          valueOf(law.quantiles[p], `${at}/quantiles/${p}`, formatLike(shownQuantileOf(simulated, p), factor)),
        ),
      ),
    ],
  });
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
  const rows = placed(horizons).flatMap(({ slots, verdicts, at }) =>
    verdicts.map((test, k) => ({ slots, test, k, at: `${at}/verdicts/${k}` })),
  );
  return tableOf(rows, {
    caption,
    isFirst: ({ k }) => k === 0,
    columns: [
      SLOTS,
      left('test of', ({ test }) => label(test)),
      column('statistic', ({ test, at }) =>
        valueOf(test.statistic, `${at}/statistic`, (x) => formatNumber(x, 3).replace('-', '−')),
      ),
      column('p-value', ({ test, at }) => valueOf(test.pValue, `${at}/pValue`, formatPValue)),
      column('α', ({ test, at }) => valueOf(test.alpha, `${at}/alpha`, formatPValue)),
      left('verdict', ({ test: { pass } }) => ({ pass, shown: pass ? 'pass' : 'FAIL' })),
    ],
  });
}

/** The tests of a walk. */
export const walkTestsTable = ({ horizons }: ValidateDocument): Table =>
  testsTable('Tests against the exact law of the sampled walk', horizons, (v) => TEST_LABELS[v.name]);

/** The verdicts of every horizon in as few columns as a terminal has, one a test. */
function verdictsTable<N extends string, V extends { readonly name: N; readonly pass: boolean }>(
  horizons: readonly { readonly slots: number; readonly verdicts: readonly V[] }[],
  names: Readonly<Record<N, string>>,
  text: (verdict: V) => string,
  words: Pick<Table, 'caption' | 'note' | 'dash'>,
): Table {
  // A horizon whose law is missing has fewer tests, or none.
  const most = horizons.reduce((a, { verdicts }) => (verdicts.length > a.length ? verdicts : a), horizons[0].verdicts);
  return tableOf(horizons, {
    ...words,
    columns: [
      SLOTS,
      most.map(({ name }) =>
        left(names[name], ({ verdicts }) => {
          const own = verdicts.find((v) => v.name === name);
          return own === undefined ? NONE : text(own);
        }),
      ),
      left('verdict', ({ verdicts }) => (verdicts.length === 0 ? 'not judged' : passText(verdicts))),
    ],
  });
}

/** `pass` where all of them do. */
export const passText = (verdicts: readonly { readonly pass: boolean }[]): string =>
  verdicts.every(({ pass }) => pass) ? 'pass' : 'FAIL';

/** The tests of a walk: the p-values. */
export const walkVerdictsTable = ({ horizons }: ValidateDocument): Table =>
  verdictsTable(horizons, TEST_NAMES, verdictText, {
    caption: 'p-values',
    note: 'p: the chance that a right engine lies as far from the exact law',
    dash: 'not tested, for that part of the exact law is missing',
  });

/** What the checks of a distributed run are called at the head of a column. */
export const CHECK_NAMES: Readonly<Record<DistributedVerdictName, string>> = {
  lumpedMean: 'lumped mean',
  lumpedStandardDeviation: TEST_NAMES.standardDeviation,
  lumpedProbabilityZero: TEST_NAMES.probabilityZero,
  lumpedChiSquare: TEST_NAMES.chiSquare,
  lumpedKolmogorov: TEST_NAMES.kolmogorov,
  consumptionVariance: 'Lemma 2',
  lemma1: 'Lemma 1',
  theorem1: 'Thm 1',
  runningMinimum: 'min',
};

/** The checks of a distributed run: p-values, and the claims on every path. */
export const checksTable = ({ horizons }: DistributedDocument): Table =>
  verdictsTable(horizons, CHECK_NAMES, (v) => (isClaim(v) ? claimText(v) : verdictText(v)), {
    caption: 'p-values, and claims on every path',
    note:
      'lumped mean to KS: against the exact law of the lumped walk; Lemma 2: spread of what is consumed; Lemma 1: ' +
      'never above the lumped deficit; Thm 1: greedy injections equal it; min: the controlled battery is B − min B',
  });

const isClaim = ({ name }: DistributedVerdict): boolean => CLAIMS.some(([claim]) => claim === name);
const claimText = ({ statistic, pass }: DistributedVerdict): string =>
  pass ? 'every path' : `FAIL ${formatCount(statistic)} paths`;

/** Sup errors of the two approximations against T, for a report. */
export function limitTable(
  { horizons }: ValidateDocument,
  curves: readonly HorizonCurves[],
  within: Within = '',
): Table {
  const error = (value: number): string => (Number.isNaN(value) ? NONE : formatNumber(value, 3));
  const rows = placed(horizons, within).map((h, i) => {
    const { supError, slots, trials } = curves[i];
    return {
      slots,
      trials,
      supError,
      at: h.at,
      ...h.brownianDistance,
      needed: trialsToTellApart(h.brownianDistance.expected),
    };
  });
  const sup = (name: string, of: (row: (typeof rows)[number]) => SupError) => [
    column(name, (row: (typeof rows)[number]) => error(of(row).everywhere)),
    column(`${name} beyond 10σ`, (row: (typeof rows)[number]) => error(of(row).beyondLayer)),
  ];
  return tableOf(rows, {
    caption: 'Largest error of a CDF against the exact one',
    dash: 'the distribution of the exact law is missing',
    columns: [
      SLOTS,
      sup('Brownian', ({ supError }) => supError.brownian),
      sup('corrected', ({ supError }) => supError.corrected),
      column('seen: simulated − Brownian', ({ seen, at }) => valueOf(seen, `${at}/brownianDistance/seen`, error)),
      column('trials that reject Brownian', ({ needed }) => `≈ ${roundTrials(needed)}`),
      left('rejected here', ({ trials, needed }) => (trials >= needed ? 'yes' : 'no')),
    ],
  });
}

/** `validate` of energy burned over the service: the run beside its lumped companion on the same draws. */
export function distributedTable({ horizons, scenario: { slotSeconds } }: DistributedDocument): Table {
  const { unit, factor } = meanScale(horizons.map((h) => h.lumped));
  const mean = (own: { readonly meanDeficit: number; readonly standardError: number }, at: string): Cell =>
    plusMinusCell(shownError(own), `${at}/meanDeficit`, factor);
  const top = ({ lumped }: DistributedDocument['horizons'][number]) => shownQuantileOf(lumped, '0.99');
  return tableOf(placed(horizons), {
    caption: `Deficit with energy burned over the service, ${unit}, with 95\u00a0% intervals`,
    columns: [
      horizonColumns(slotSeconds),
      column({ header: `E[D] ${unit}, 95 %`, title: 'mean' }, (h) => mean(h, h.at)),
      joined({ header: 'with control', title: 'mean with control' }, (h) => mean(h.controlled, `${h.at}/controlled`)),
      column({ header: 'P(D=0)', title: 'P(D\u00a0=\u00a00)' }, (h) =>
        estimateCell(shownZero(h), `${h.at}/probabilityZero`),
      ),
      column({ header: 'q0.99', title: '99\u00a0%' }, (h) =>
        estimateCell(shownQuantileOf(h, '0.99'), `${h.at}/quantiles/0.99`, factor),
      ),
      column({ header: 'lumped E[D]', title: 'lumped mean' }, (h) => mean(h.lumped, `${h.at}/lumped`)),
      joined({ header: 'exact', title: 'lumped mean, exact' }, ({ lumped, at }) =>
        valueOf(lumped.exact.meanDeficit, `${at}/lumped/exact/meanDeficit`, formatLike(shownError(lumped), factor)),
      ),
      column({ header: 'lumped q0.99', title: 'lumped 99\u00a0%' }, (h) =>
        estimateCell(top(h), `${h.at}/lumped/quantiles/0.99`, factor),
      ),
      joined({ header: 'exact', title: 'lumped 99\u00a0%, exact' }, (h) =>
        valueOf(h.lumped.exact.quantiles['0.99'], `${h.at}/lumped/exact/quantiles/0.99`, formatLike(top(h), factor)),
      ),
    ],
    note: notesText(
      slotsNote(slotSeconds),
      'E[D]: mean auxiliary energy, burned over the service; ' +
        'with control: sharpened by the lumped deficit on the same draws, whose mean is known; ' +
        'q0.99: 99 paths in 100 need no more; lumped: burned at arrival',
    ),
  });
}
