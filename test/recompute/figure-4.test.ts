/**
 * Every number of figure 4, from paths that are walked again, the paper's formulas and Spitzer's identity:
 * figure4.json, what is printed, figures.html, and the drawing read with a ruler. Where a curve bends is found by the
 * product's own search, asked here of the same means.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { parseScenario } from '../../src/scenario/parse.js';
import { detectTransition } from '../../src/stats/regimes.js';
import type { RegimeDetection } from '../../src/stats/regimes.js';
import { compareJson, compareProse, numbersOf, standsAt, told, withPlantedError } from './explained.js';
import type { LeafRule, ProseRule } from './explained.js';
import { asked, given } from './exemptions.js';
import { figureOf, SEED } from './figures.js';
import type { WrittenFigure } from './figures.js';
import { SERVED } from './fleets.js';
import { covarianceOf } from './own-differences.js';
import { ownCost } from './own-fleet.js';
import { criticalMeanOf, demandOf, driftOf, ownMoments, sigmaOf } from './own-moments.js';
import type { OwnLaw, OwnMoments } from './own-moments.js';
import { pathDeficitsAt } from './own-paths.js';
import { Z95 } from './own-statistics.js';
import { curvesOf, writingOf } from './picture.js';
import type { Curves, Place } from './picture.js';
import { atHorizons, intervalsAt, unnoticed, withMovedMarks, wrong } from './ruler.js';
import type { Wanted } from './ruler.js';

const [TRIALS, SLOTS] = [2000, 256];
const RATES = [0, 0.01, 0.02, 0.05, 0.1];
/** Two an octave. */
const HORIZONS = Array.from({ length: 9 }, (_, i) => Math.round(16 * 2 ** (i / 2)));
const LAST = HORIZONS.length - 1;
/** Without hard tasks, which are rare and make no bend that few paths show. */
const SCENARIO = { ...SERVED, name: 'misrouted', tasks: SERVED.tasks.slice(0, 2) };

/** Energies of the tasks where each errs with a probability: each has two models that serve it in time. */
function energiesAt(errorRate: number): OwnLaw['energies'] {
  const { hardware, models, scaling } = SCENARIO.fleet;
  const weights = SCENARIO.tasks.reduce((sum, { weight }) => sum + weight, 0);
  return SCENARIO.tasks.flatMap((task) => {
    const costs = models.map((model) => ownCost(task, model, hardware, scaling.steepness));
    expect(costs.every(({ latencySeconds }) => latencySeconds <= task.deadlineSeconds)).toBe(true);
    const [least, other] = costs.map(({ energyJoules }) => energyJoules).sort((a, b) => a - b);
    const probability = task.weight / weights;
    return [[least, probability * (1 - errorRate)] as const, [other, probability * errorRate] as const];
  });
}

/** The harvest is critical, and as variable as the demand, where no task errs. */
function lawAt(errorRate: number, harvestMean?: number): OwnLaw {
  const rate = SCENARIO.arrivals.ratePerSlot;
  const right = { rate, energies: energiesAt(0) };
  const energies = energiesAt(errorRate);
  return { rate, energies, harvestMean: harvestMean ?? demandOf(right, 1), harvestVariance: demandOf(right, 2) };
}

interface OwnCurve {
  readonly law: OwnLaw;
  readonly exact: readonly OwnMoments[];
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  readonly interval: readonly (readonly [number, number])[];
  readonly regime: RegimeDetection;
  /** Deficits at the last horizon, joules. */
  readonly last: readonly number[];
}

async function curveAt(errorRate: number): Promise<OwnCurve> {
  const law = lawAt(errorRate);
  const scenario = parseScenario({ ...SCENARIO, routing: { errorRate } });
  const { quantumJoules, deficits } = await pathDeficitsAt(scenario, HORIZONS, TRIALS);
  const joules = deficits.map((row) => row.map((quanta) => quanta * quantumJoules));
  const mean = joules.map((row) => row.reduce((a, b) => a + b, 0) / TRIALS);
  const variance = joules.map((row) => covarianceOf(row, row));
  const covariance = Float64Array.from(joules.flatMap((a) => joules.map((b) => covarianceOf(a, b) / TRIALS)));
  // Were its harvest critical too, how far its mean would be from that of a diffusion.
  const critical = lawAt(errorRate, demandOf(law, 1));
  const offset = ownMoments(critical, HORIZONS).map((m, i) => m.mean - criticalMeanOf(critical, HORIZONS[i]));
  return {
    ...{ law, mean, last: joules[LAST], deviation: variance.map(Math.sqrt), exact: ownMoments(law, HORIZONS) },
    interval: mean.map((m, i) => {
      const half = Z95 * Math.sqrt(variance[i] / TRIALS);
      return [Math.max(0, m - half), m + half];
    }),
    regime: asked(
      'transitions',
      detectTransition({ slots: HORIZONS, means: mean, covariance, offset }, { seed: `${SEED}/figure 4/${errorRate}` }),
    ),
  };
}

let run: WrittenFigure;
let curves: readonly OwnCurve[];
beforeAll(async () => {
  run = await figureOf('4', SCENARIO, ['--trials', String(TRIALS), '--slots', String(SLOTS)]);
  curves = await Promise.all(RATES.map(curveAt));
});
const bends = (): { readonly i: number; readonly slots: number; readonly interval: readonly [number, number] }[] =>
  curves.flatMap(({ regime: { transition } }, i) =>
    transition === undefined
      ? []
      : [{ i, slots: transition.slots, interval: [transition.interval.lower, transition.interval.upper] as const }],
  );
/** (σ/μ)². */
const crossover = (i: number): number => (sigmaOf(curves[i].law) / driftOf(curves[i].law)) ** 2;
const common = (k: number) => {
  const [a, b] = [curves[0].last, curves[k].last];
  const [varianceA, varianceB, both] = [covarianceOf(a, a), covarianceOf(b, b), covarianceOf(a, b)];
  return {
    correlation: both / Math.sqrt(varianceA * varianceB),
    varianceReduction: (varianceA + varianceB) / (varianceA + varianceB - 2 * both),
    paths: TRIALS,
    errorRate: RATES[k],
  };
};

function pointNumber(i: number, h: number, name: string): number | null {
  const { mean, deviation, interval, exact } = curves[i];
  const known: Readonly<Record<string, number>> = {
    ...{ slots: HORIZONS[h], trials: TRIALS, meanDeficit: mean[h], standardDeviation: deviation[h] },
    ...{ lower: interval[h][0], upper: interval[h][1] },
    ...{ exactMean: exact[h].mean, exactStandardDeviation: exact[h].standardDeviation },
  };
  return known[name] ?? null;
}

/** What drift is left of a critical harvest is rounding, below this part of the demand. */
const ROUNDING = 1e-9;

describe('figure 4', () => {
  test('has every number of its JSON from paths and laws', () => {
    const rules: LeafRule[] = [
      [/^\/schemaVersion$/, () => 1],
      [/^\/figure$/, () => 4],
      [/^\/scenario\/(.*)$/, (place) => standsAt(parseScenario(SCENARIO), `/${place}`) as number],
      ...given('threads'),
      [/^\/curves\/(\d)\/errorRate$/, (i) => RATES[Number(i)]],
      [
        /^\/curves\/(\d)\/driftJoulesPerSlot$/,
        (i) => {
          const { law } = curves[Number(i)];
          const written = standsAt(run.json, `/curves/${i}/driftJoulesPerSlot`) as number;
          return i === '0' && Math.abs(written) < ROUNDING * demandOf(law, 1) ? written : driftOf(law);
        },
      ],
      [/^\/curves\/(\d)\/volatilityJoules$/, (i) => sigmaOf(curves[Number(i)].law)],
      [/^\/curves\/([1-4])\/crossoverSlots$/, (i) => crossover(Number(i))],
      [/^\/curves\/(\d)\/points\/(\d)\/(\w+)$/, (i, h, name) => pointNumber(Number(i), Number(h), name)],
      [/^\/curves\/(\d)\/regime\/(.*)$/, (i, place) => standsAt(curves[Number(i)].regime, `/${place}`) as number],
      [/^\/commonPaths\/(\d)\/(\w+)$/, (k, name) => common(Number(k) + 1)[name as 'paths']],
    ];
    expect(compareJson(run.json, rules, 1e-6)).toEqual([]);
    expect(standsAt(run.json, '/curves/0/crossoverSlots')).toBe(null);
    // Both are read below: curves that bend, and one that does not.
    expect(curves[0].regime.transition).toBeUndefined();
    expect(bends().length).toBeGreaterThan(0);
  });

  /** In the order of the curves. */
  function found(): ProseRule[] {
    const { correlation } = common(RATES.length - 1);
    const each = RATES.map((rate, i) => {
      const slots = curves[i].regime.transition?.slots;
      return slots === undefined ? told('η = #: √T', rate) : told('η = #: bends at # slots', rate, Math.round(slots));
    });
    return [...each, told('\\(η = # against none: correlation #\\)', RATES[RATES.length - 1], correlation)];
  }
  test('has every number of what it prints and of its page, and a wrong one is found', () => {
    const text = (printed: string): string[] =>
      compareProse(printed, [told('figure#\\.svg, figure#\\.json', 4, 4), ...found()], 'text');
    expect(text(run.text)).toEqual([]);
    expect(numbersOf(run.text).filter((token) => text(withPlantedError(run.text, token)).length === 0)).toEqual([]);
    const page = [...found(), told('Figure #: ', 4), [/batterywalk [\d.]+\d/, () => []] as const];
    expect(compareProse(run.page, page, 'page')).toEqual([]);
  });

  const chartOf = (svg: string): Curves => curvesOf(svg, 'log', 'log');
  const factor = 1e3;

  /** Dots, bars and diamonds below the curves, a row a curve. */
  function rowsWanted(chart: Curves, rows: readonly number[]): Wanted[] {
    const across = (what: string, drawn: Place, x: number, y: number): Wanted[] => [
      { what, drawn, y, slack: 1e-9 * y },
      { what: `${what}, across`, drawn: { ...drawn, y: drawn.x, yUnsure: drawn.xUnsure }, y: x, slack: 1e-6 * x },
    ];
    const points = RATES.length * HORIZONS.length;
    const diamonds = RATES.map((_, i) => i).slice(1);
    expect(chart.dots).toHaveLength(points + bends().length + diamonds.length);
    expect(chart.links).toHaveLength(bends().length);
    return [
      ...bends().flatMap(({ i, slots, interval }, k) => [
        ...across('bend', chart.dots[points + k], slots, rows[i]),
        ...interval.flatMap((end, side) => across('its interval', chart.links[k][side], end, rows[i])),
        ...chart.rules[k].flatMap((end) => across('line down', { ...end, y: rows[i], yUnsure: 0 }, slots, rows[i])),
        // From the row up to the curve, which is straight on these axes between horizons.
        { what: 'foot', drawn: chart.rules[k][0], y: rows[i], slack: 1e-9 * rows[i] },
        {
          what: 'head',
          drawn: chart.rules[k][1],
          y: exactBetween(i, slots) / factor,
          slack: 1e-6 * exactBetween(i, slots),
        },
      ]),
      ...diamonds.flatMap((i, k) => across('scale', chart.dots[points + bends().length + k], crossover(i), rows[i])),
    ];
  }

  function exactBetween(i: number, slots: number): number {
    const k = HORIZONS.findIndex((h) => h >= slots);
    const [a, b] = [curves[i].exact[k - 1].mean, curves[i].exact[k].mean];
    return a * (b / a) ** (Math.log(slots / HORIZONS[k - 1]) / Math.log(HORIZONS[k] / HORIZONS[k - 1]));
  }

  function drawnWanted(svg: string): Wanted[] {
    const chart = chartOf(svg);
    expect(chart.yLabel).toBe('E[D], kJ');
    const count = HORIZONS.length;
    const near = (all: Wanted[]): Wanted[] => all.map((wanted) => ({ ...wanted, slack: 1e-6 * wanted.y }));
    const lines = curves.flatMap(({ exact, mean, interval }, i) => [
      ...near(atHorizons('line', chart.paths[i].corners, HORIZONS, (h) => exact[h].mean / factor)),
      ...near(atHorizons('points', chart.dots.slice(i * count, (i + 1) * count), HORIZONS, (h) => mean[h] / factor)),
      ...near(
        intervalsAt('interval', chart.rules.slice(bends().length).slice(i * count, (i + 1) * count), HORIZONS, (h) => {
          const [lower, upper] = interval[h];
          return [lower / factor, upper / factor];
        }),
      ),
    ]);
    expect(chart.areas).toHaveLength(2);
    const bands = [0, RATES.length - 1].flatMap((i, k) => {
      const { exact } = curves[i];
      const side = (sign: number) => (h: number) => (exact[h].mean + sign * exact[h].standardDeviation) / factor;
      return near([
        ...atHorizons('band', chart.areas[k].slice(0, count), HORIZONS, side(1)),
        ...atHorizons('band', chart.areas[k].slice(count).reverse(), HORIZONS, side(-1)),
      ]);
    });
    // One row a curve, evenly below the line across.
    const diamonds = chart.dots.slice(RATES.length * count + bends().length);
    const [level] = chart.levels;
    const step = level.y / diamonds[3].y;
    const rows = RATES.map((_, i) => level.y / step ** (RATES.length - i));
    return [...lines, ...bands, ...rowsWanted(chart, rows)];
  }

  test('is drawn where its numbers are, and a mark that is moved is found', () => {
    const complaints = (svg: string): string[] => wrong(drawnWanted(svg));
    expect(complaints(run.svg)).toEqual([]);
    const moved = withMovedMarks(run.svg, 11);
    expect(moved.length).toBeGreaterThan(10);
    expect(unnoticed(moved, complaints)).toEqual([]);
  });

  test('says so in its words', () => {
    const { words } = writingOf(run.svg);
    const each = RATES.flatMap((rate, i) => {
      const slots = curves[i].regime.transition?.slots;
      return slots === undefined
        ? [told('η = #: √T', rate), told('η = #: no transition', rate)]
        : [told('η = #: bends at # slots', rate, Math.round(slots))];
    });
    const rules: ProseRule[] = [
      ...each,
      // The bands' names, labels of curves and of rows.
      [/±\s(\d) SD of D, η = ([\d.]+)/, () => [1, RATES[0]]],
      [/±\s(\d) SD of D, η = ([\d.]+)/, () => [1, RATES[RATES.length - 1]]],
      told('bar its # % interval', 95),
    ];
    const labels = [...run.svg.matchAll(/<text [^>]*fill="([^"]+)"[^>]*>(η = [\d.]+)[^<]*</g)];
    const left = labels.reduce((text, [, , label]) => text.replace(`| ${label} |`, '|'), words);
    expect(compareProse(left, rules, 'words')).toEqual([]);
    // The ends of three curves, and the rows of all, in the curves' colours.
    const { paths } = chartOf(run.svg);
    const named = [0, 3, 4, ...RATES.keys()].map((i) => [paths[i].stroke, `η = ${RATES[i]}`]);
    expect(labels.map(([, fill, label]) => [fill, label])).toEqual(named);
  });
});
