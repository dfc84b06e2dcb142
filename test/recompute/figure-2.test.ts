/**
 * Every number of figure 2, from paths that are walked again, Spitzer's identity and the diffusion's survival function:
 * figure2.json, what is printed, figures.html, and the drawing read with a ruler.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { parseScenario } from '../../src/scenario/parse.js';
import { deviationWanted } from './deviation-picture.js';
import type { OwnPoint } from './deviation-picture.js';
import { compareJson, compareProse, numbersOf, standsAt, told, withPlantedError } from './explained.js';
import type { LeafRule, ProseRule } from './explained.js';
import { given } from './exemptions.js';
import { figureOf, SEED } from './figures.js';
import type { WrittenFigure } from './figures.js';
import { covarianceOf } from './own-differences.js';
import { criticalMeanOf, demandOf, driftOf, ownDeviation, ownMoments, sigmaOf } from './own-moments.js';
import type { OwnLaw } from './own-moments.js';
import { pathDeficitsAt } from './own-paths.js';
import { Z95 } from './own-statistics.js';
import { curvesOf, writingOf } from './picture.js';
import type { Curves } from './picture.js';
import { unnoticed, withMovedMarks, wrong } from './ruler.js';

const [TRIALS, SLOTS] = [1000, 32];
const SCENARIO = {
  schemaVersion: 1,
  name: 'drawn',
  slotSeconds: 10,
  arrivals: { ratePerSlot: 20 },
  tasks: [{ energyJoules: 1000 }, { energyJoules: 2500 }],
  harvest: { mean: 'critical', variance: 'matched' },
};
const DRIFTS = [-8, -7, -6, -5, -4, -3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 7, 8];
const DEMAND = {
  rate: 20,
  energies: [
    [1000, 0.5],
    [2500, 0.5],
  ],
} as const;

interface Point extends OwnPoint {
  readonly brownian: number;
  readonly trials: number;
}

/** The walk whose harvest is moved to a relative drift; its variance stays. */
async function pointAt(relativeDrift: number, i: number): Promise<Point> {
  const harvestVariance = demandOf(DEMAND, 2);
  const sigma = Math.sqrt(2 * harvestVariance);
  const harvestMean = demandOf(DEMAND, 1) + (relativeDrift * sigma) / Math.sqrt(SLOTS);
  const law: OwnLaw = { ...DEMAND, harvestMean, harvestVariance };
  const scenario = parseScenario({ ...SCENARIO, harvest: { mean: harvestMean, variance: harvestVariance } });
  const seed = `${SEED}/figure 2/${i}`;
  const { quantumJoules, deficits } = await pathDeficitsAt(scenario, [SLOTS], TRIALS, seed);
  const joules = deficits[0].map((quanta) => quanta * quantumJoules);
  const mean = joules.reduce((a, b) => a + b, 0) / TRIALS;
  const half = Z95 * Math.sqrt(covarianceOf(joules, joules) / TRIALS);
  const scaled = (x: number): number => (x - Math.max(-driftOf(law), 0) * SLOTS) / criticalMeanOf(law, SLOTS);
  return {
    relativeDrift: (driftOf(law) * Math.sqrt(SLOTS)) / sigmaOf(law),
    simulated: scaled(mean),
    lower: scaled(Math.max(0, mean - half)),
    upper: scaled(mean + half),
    exact: scaled(ownMoments(law, [SLOTS])[0].mean),
    brownian: ownDeviation(relativeDrift),
    trials: TRIALS,
  };
}

let run: WrittenFigure;
let points: readonly Point[];
beforeAll(async () => {
  run = await figureOf('2', SCENARIO, ['--trials', String(TRIALS), '--slots', String(SLOTS)]);
  points = await Promise.all(DRIFTS.map(pointAt));
});

/** The drift of the walk in the middle is 0 but for rounding, as is its place. */
const NO_DRIFT = 1e-12;

describe('figure 2', () => {
  test('has every number of its JSON from paths and laws', () => {
    const rules: LeafRule[] = [
      [/^\/schemaVersion$/, () => 1],
      [/^\/figure$/, () => 2],
      [/^\/scenario\/(.*)$/, (place) => standsAt(parseScenario(SCENARIO), `/${place}`) as number],
      ...given('threads'),
      [/^\/slots$/, () => SLOTS],
      [/^\/brownianCurve\/(\d+)\/relativeDrift$/, (i) => (8 * (Number(i) - 160)) / 160],
      [/^\/brownianCurve\/(\d+)\/deviation$/, (i) => ownDeviation((8 * (Number(i) - 160)) / 160)],
      [
        /^\/points\/(\d+)\/relativeDrift$/,
        (i) => {
          const written = standsAt(run.json, `/points/${i}/relativeDrift`) as number;
          return DRIFTS[Number(i)] === 0 && Math.abs(written) < NO_DRIFT ? written : DRIFTS[Number(i)];
        },
      ],
      [/^\/points\/(\d+)\/(\w+)$/, (i, name) => points[Number(i)][name as 'exact']],
    ];
    expect(compareJson(run.json, rules, 1e-7)).toEqual([]);
  });

  const covered = (): number => points.filter((p) => p.lower <= p.exact && p.exact <= p.upper).length;
  const found = (): ProseRule =>
    told('# of # intervals \\(# %\\) hold the exact value; T = #, # paths', covered(), 21, 95, SLOTS, TRIALS);
  test('has every number of what it prints and of its page, and a wrong one is found', () => {
    const text = (printed: string): string[] =>
      compareProse(printed, [told('figure#\\.svg, figure#\\.json', 2, 2), found()], 'text');
    const page = (words: string): string[] =>
      compareProse(words, [found(), told('Figure #: ', 2), [/batterywalk [\d.]+\d/, () => []]], 'page');
    expect(text(run.text)).toEqual([]);
    expect(page(run.page)).toEqual([]);
    expect(numbersOf(run.text).filter((token) => text(withPlantedError(run.text, token)).length === 0)).toEqual([]);
  });

  const chartOf = (svg: string): Curves => curvesOf(svg, 'linear', 'linear');
  /** Marks of the key, which stand for no number. */
  const keyOf = ({ paths, rules, dots }: Curves): string => JSON.stringify([paths[1], rules.at(-1), dots.slice(-2)]);
  test('is drawn where its numbers are, and a mark that is moved is found', () => {
    const curve = new Map(
      Array.from({ length: 321 }, (_, i) => (8 * (i - 160)) / 160).map((m) => [m, ownDeviation(m)]),
    );
    const drawn = (svg: string): string[] => wrong(deviationWanted(chartOf(svg), points, (m) => curve.get(m) ?? NaN));
    expect(drawn(run.svg)).toEqual([]);
    const moved = withMovedMarks(run.svg, 29).filter((svg) => keyOf(chartOf(svg)) === keyOf(chartOf(run.svg)));
    expect(moved.length).toBeGreaterThan(10);
    expect(unnoticed(moved, drawn)).toEqual([]);
  });

  test('says so in its words', () => {
    const { words } = writingOf(run.svg);
    const rules = [
      told('max\\(−μ, #\\)T\\)/\\(σ√\\(#T/π\\)\\) against', 0, 2),
      told('max\\(−μ,#\\)T\\) / \\(σ√\\(#T/π\\)\\)', 0, 2),
      told('at T = # slots:', SLOTS),
      told('with # % intervals', 95),
      told('simulated, # %', 95),
      told('T = # slots$', SLOTS),
    ];
    expect(compareProse(words, rules, 'words')).toEqual([]);
  });
});
