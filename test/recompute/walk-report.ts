/** What report.html of a judged walk should say in its own words and in cells that name no place of summary.json. */
import type { Expected, ProseRule } from './explained.js';
import type { Timed } from './leaf-rules.js';
import { factorOf } from './validated.js';
import type { WalkNumbers } from './walk-numbers.js';
import type { Coarse } from '../../src/stats/verdict.js';

export interface ReportCell {
  readonly caption: string;
  readonly head: string;
  readonly rest: string;
  readonly rowIndex: number;
}

/** Numbers of a cell but for those that carry their place in summary.json. */
export function walkCell(walk: WalkNumbers, { caption, head, rowIndex, rest }: ReportCell): Expected {
  const { horizons, sigma, scenario } = walk;
  const i = /^(Mean deficit|Largest error)/.test(caption)
    ? rowIndex
    : Math.floor(rowIndex / (caption.startsWith('Spread') ? 4 : 5));
  if (head === 'slots') return [horizons[i]];
  // The name of the chance, not a number.
  if (head === 'test of') return rest.includes('= 0') ? [0] : [];
  if (head === 'time') return timeNumbers(horizons[i] * scenario.slotSeconds);
  if (caption.startsWith('Largest error')) {
    if (rest === '—' || head === 'rejected here') return [];
    if (head.startsWith('trials')) return [rounded(walk.needed(i))];
    const name = head.split(' ')[0];
    if (name !== 'seen:') return [walk.apart(i, name.toLowerCase(), head.includes('beyond') ? 10 * sigma : 0)];
  }
  return [];
}

/** Two digits, as words have them. */
const rounded = (trials: number): number => Number(trials.toPrecision(2));

export const timeNumbers = (seconds: number): number[] =>
  seconds < 60 ? [seconds] : [Math.floor(seconds / 60), seconds % 60];

const NUMBER = '([\\d.,]+(?:·10[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)?)';

/** A sentence in which `#` stands for each number. */
export function sentence(pattern: string, ...expected: number[]): ProseRule {
  return [new RegExp(pattern.replaceAll('#', NUMBER), 'g'), () => expected];
}

/** What ran: the version is that of the JSON. */
export function engineRule({ engine }: Timed): ProseRule {
  const version = engine.version.replaceAll('.', '\\.');
  return sentence(`cpu on # threads? engine batterywalk ${version}`, engine.adapter.threads);
}

/** A horizon by its slots and its time. */
export function horizonRules({ horizons, scenario }: Pick<WalkNumbers, 'horizons' | 'scenario'>): ProseRule[] {
  return [`${NUMBER} min ${NUMBER} s`, `${NUMBER} s`].map((span): ProseRule => [
    new RegExp(`${NUMBER} slots \\(${span}\\)`, 'g'),
    (slots) => {
      const horizon = horizons.find((h) => String(h) === slots) ?? NaN;
      return [horizon, ...timeNumbers(horizon * scenario.slotSeconds)];
    },
  ]);
}

/** A sentence with one energy, whatever its unit's prefix. */
export function energySentence(before: string, joules: number): ProseRule {
  return [new RegExp(`${before} ${NUMBER}(?= ([kMm]?)J)`, 'g'), (_, prefix) => [joules / factorOf(` ${prefix}J`)]];
}

/** What a planner is told first. @param own of the run that is reported */
export function plannerRules(own: WalkNumbers['own'][number]): ProseRule[] {
  return [
    energySentence('will need', own.mean),
    energySentence('in ten it will need more than', own.quantile(0.9)),
    energySentence('in a hundred more than', own.quantile(0.99)),
    sentence('none with probability #\\.(?=\\s)', own.zero),
  ];
}

/** All else that a judged walk's report says. */
export function walkRules(walk: WalkNumbers, timed: Timed): ProseRule[] {
  const { horizons, prepared, own, sigma, trials, scenario } = walk;
  const last = horizons.length - 1;
  const { quantumJoules, samplingError } = prepared.law;
  const { horizons: judged, familyAlpha } = walk.verdicts();
  const tests = judged.flatMap((h) => h.verdicts.map((v) => ({ ...v, slots: h.slots })));
  const smallest = tests.reduce((a, b) => (b.pValue < a.pValue ? b : a));
  const off = Math.abs(100 * (walk.law(last, 'brownian').mean / walk.law(last, 'exact').mean - 1));
  return [
    sentence(
      'paths # slots # of # s seed recompute drift critical \\(# J\\) a slot volatility σ # kJ quantum # mJ',
      ...[trials, horizons[last], scenario.slotSeconds, 0, sigma / 1e3, quantumJoules * 1e3],
    ),
    engineRule(timed),
    sentence('On all # tests they agree', tests.length),
    ...horizonRules(walk),
    ...plannerRules(own[last]),
    sentence('# tests share a family-wise error rate of # \\(Holm\\)', tests.length, familyAlpha),
    [
      new RegExp(`smallest p-value is ${NUMBER} \\([^0-9]*(?:\\(|, )[^0-9]*${NUMBER} slots\\), against ${NUMBER}\\.`),
      () => [smallest.pValue, smallest.slots, smallest.alpha],
    ],
    sentence('at most one run of #\\.(?=\\s)', 1 / familyAlpha),
    sentence('is off by up to # in probability', walk.expectedDistance(last)),
    sentence('mean deficit is # % too', off),
    sentence('from about # trials on; this run has #, ', rounded(walk.needed(last)), trials),
    sentence(
      'band is that of .*? ±√\\(ln\\(2/α\\)/\\(2n\\)\\) = ±# for n = #: with probability at least # %',
      ...[walk.critical, trials, 95],
    ),
    [/the statistic is in standard deviations/i, () => []],
    sentence('P\\(D = #\\)', 0),
    sentence('over those beyond #σ \\(# kJ\\), past the layer near D = # where', 10, sigma / 100, 0),
    sentence('test at # % tells', 5),
    sentence(`Points are this run’s horizons \\(${horizons.map(() => '#').join(', ')} slots\\)`, ...horizons),
    sentence('Figure (2): ', 2),
    sentence(
      'on a lattice of # mJ; one slot’s sampled law is within # of the scenario’s own',
      ...[quantumJoules * 1e3, samplingError.kolmogorov],
    ),
    sentence('its mean within # σ', Math.abs(samplingError.mean)),
    [/SHA-256/, () => []],
    ...coarseRules(walk.verdicts()),
  ];
}

/** Tests that have lost their power to theory's own error. */
export function coarseRules(judgement: {
  readonly horizons: readonly { readonly slots: number; readonly verdicts: readonly { readonly coarse?: Coarse }[] }[];
}): ProseRule[] {
  return judgement.horizons.flatMap(({ verdicts: tests, slots }) => {
    const coarse = tests.flatMap((test) => (test.coarse === undefined ? [] : [test.coarse]));
    if (coarse.length === 0) return [];
    const numbers = coarse.flatMap(({ error, samplingError }) => [error, samplingError]);
    const each = coarse
      .map(
        () =>
          '[^(]*(?:\\([^)]*cells\\) |\\([^)]*grouped\\) )?\\(error ([\\d.e-]+) against sampling error ([\\d.e-]+)\\)',
      )
      .join('');
    return [
      [
        new RegExp(`At (${slots}) slots there are too many trials for this law:${each}`),
        () => [slots, ...numbers],
      ] as const,
    ];
  });
}
