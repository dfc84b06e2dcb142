/**
 * The charts of a site's report.html read with a ruler: every corner of every curve, every point, interval, band and
 * plus lies where the integers of partials.json and the exact law of the battery's chain say, by the ticks beside
 * them; and every number of what is written in them and below them is that.
 */
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, test } from 'vitest';
import { compareProse, told } from './explained.js';
import type { ProseRule } from './explained.js';
import type { OwnStatistics } from './own-statistics.js';
import { exactInterval } from './own-statistics.js';
import { curvesOf, writingOf } from './picture.js';
import type { Curves, Place } from './picture.js';
import { atHorizons, edgeAt, intervalsAt, tailBand, tailFloor, unnoticed, withMovedMarks, wrong } from './ruler.js';
import type { Wanted } from './ruler.js';
import { SiteNumbers } from './site-numbers.js';
import { ENDLESS, FULL, SUN, TRIALS } from './sites.js';
import { clean, factorOf, validated } from './validated.js';

/** One quantity at one horizon: joules, or a share. */
interface Value {
  readonly simulated: number;
  readonly interval: readonly [number, number];
  readonly exact: number | undefined;
}
type Series = readonly (readonly [name: string, of: (i: number) => Value])[];

const mean = ({ mean: simulated, meanInterval: interval }: OwnStatistics, exact?: number): Value => {
  return { simulated, interval, exact };
};

describe.each([FULL, SUN, ENDLESS])('charts of $scenario.name', ({ command, horizons, scenario }) => {
  let site: SiteNumbers;
  let captions: string[] = [];
  const charts = new Map<string, string>();
  const isJudged = command === 'validate';
  const { battery }: { readonly battery: { readonly initialJoules: number; readonly capacityJoules?: number } } =
    scenario;
  beforeAll(async () => {
    const { partials, report } = await validated(scenario, TRIALS, horizons, command, ['--kernel', 'tasks']);
    site = new SiteNumbers(scenario, horizons, partials, isJudged);
    for (const [svg, id] of report.matchAll(/<svg[^>]*aria-labelledby="([\w-]+)-title".*?<\/svg>/gs))
      charts.set(id, svg);
    captions = [...parseHTML(report).document.querySelectorAll('figcaption')].map((words) => clean(words.textContent));
  });
  const exact = (i: number) => (isJudged ? site.exact(i) : undefined);
  const last = horizons.length - 1;
  const xKind = horizons.length < 3 ? 'log' : 'linear';

  function tailWanted(i: number, chart: Curves): Wanted[] {
    const own = site.own('auxiliary', i);
    const factor = factorOf(chart.xLabel);
    const law = exact(i)?.auxiliaryLaw;
    // On a logarithmic scale no line goes where no path had any.
    const names = [...(own.mean === 0 ? [] : ['simulated']), ...(law === undefined ? [] : ['exact'])];
    expect([...chart.lines.keys()]).toEqual(names);
    let most = 0;
    /** P(A > a) at the edges by the law, which never rises but for its own error. */
    const beyond = own.edges.map(([a]) => 1 - (most = Math.max(most, law?.cdf(a) ?? NaN)));
    const onScale = (p: number): number => Math.max(p, tailFloor(TRIALS));
    return [...chart.lines].flatMap(([name, all]) => {
      expect(all.length).toBeGreaterThan(100);
      return all.map((drawn): Wanted => {
        const k = edgeAt(own, drawn, factor);
        const y = onScale(name === 'simulated' ? 1 - own.edges[k][1] / TRIALS : beyond[k]);
        // Edges may lie closer than the ruler tells them apart.
        const [before, after] = [-1, 1].map((side) => law?.cdf(factor * (drawn.x + side * drawn.xUnsure)) ?? NaN);
        const slack = name === 'simulated' ? 1e-12 : after - before;
        return { what: `${chart.title}: ${name}`, drawn, y, slack };
      });
    });
  }

  /** Points of the law: of any auxiliary energy, and of the quantiles. */
  function plusesWanted(i: number, chart: Curves): { readonly drawn: Place; readonly x: number; readonly y: number }[] {
    const known = exact(i);
    const law = known?.auxiliaryLaw;
    const quantiles = law === undefined ? [] : [0.1, 0.5, 0.9, 0.99].map((p) => [law.quantile(p), 1 - p] as const);
    const all = [
      ...(known === undefined ? [] : [[0, 1 - known.probabilityZero.value] as const]),
      ...quantiles.filter(([a]) => a > 0),
    ];
    expect(chart.dots).toHaveLength(all.length);
    return all.map(([a, y], k) => ({ drawn: chart.dots[k], x: a / factorOf(chart.xLabel), y }));
  }

  function tailComplaints(i: number, svg: string): string[] {
    const chart = curvesOf(svg, 'linear', 'log');
    expect(chart.areas).toHaveLength(1);
    const all = [...tailWanted(i, chart), ...tailBand(site.own('auxiliary', i), chart, factorOf(chart.xLabel))];
    return [
      ...wrong(all),
      ...plusesWanted(i, chart).flatMap(({ drawn, x, y }) =>
        Math.abs(drawn.x - x) <= 1e-9 * x && Math.abs(drawn.y - y) <= 1e-9 * y
          ? []
          : [`plus at ${drawn.x}, ${drawn.y}`],
      ),
    ];
  }

  /** Quantities against the horizon. @param isDrawn a logarithmic scale has no place for 0 */
  function seriesWanted(
    chart: Curves,
    series: Series,
    factor: number,
    isDrawn: (value: Value) => boolean = () => true,
  ): Wanted[] {
    const shown = series.filter(([, of]) => horizons.some((_, i) => isDrawn(of(i))));
    expect([...chart.lines.keys()]).toEqual(shown.map(([name]) => name));
    let drawn = 0;
    const all = shown.flatMap(([name, of]) => {
      const values = horizons.map((slots, i) => ({ slots, ...of(i) })).filter(isDrawn);
      const slots = values.map((value) => value.slots);
      const mine = <T>(marks: readonly T[]): readonly T[] => marks.slice(drawn, drawn + slots.length);
      const at = (i: number): number => values[i].simulated / factor;
      const own = [
        ...atHorizons(`line ${name}`, chart.lines.get(name) ?? [], slots, at),
        ...atHorizons(`points ${name}`, mine(chart.dots), slots, at),
        ...intervalsAt(`interval ${name}`, mine(chart.rules), slots, (i) => {
          const [lower, upper] = values[i].interval;
          return [lower / factor, upper / factor];
        }),
      ];
      drawn += slots.length;
      return own;
    });
    const known = series.flatMap(([, of]) =>
      horizons.map((slots, i) => ({ slots, ...of(i) })).filter((value) => isDrawn(value) && value.exact !== undefined),
    );
    expect(chart.rules).toHaveLength(drawn);
    return [
      ...all,
      ...atHorizons(
        'pluses',
        chart.dots.slice(drawn),
        known.map(({ slots }) => slots),
        (i) => (known[i].exact ?? NaN) / factor,
      ),
    ];
  }

  const energies: Series = [
    ['auxiliary', (i) => mean(site.own('auxiliary', i), exact(i)?.auxiliary.value)],
    ['wasted', (i) => mean(site.own('waste', i), exact(i)?.waste.value)],
    ['consumed', (i) => mean(site.own('consumption', i))],
  ];
  function energyComplaints(svg: string): string[] {
    const chart = curvesOf(svg, xKind, 'log');
    return wrong(seriesWanted(chart, energies, factorOf(chart.yLabel), ({ simulated }) => simulated > 0));
  }

  const level: Series = [['mean', (i) => mean(site.level(i), exact(i)?.level.mean.value)]];
  /** With the range of eight paths in ten, up to the capacity. */
  function levelComplaints(svg: string): string[] {
    const chart = curvesOf(svg, xKind, 'linear');
    const factor = factorOf(chart.yLabel);
    const { capacityJoules = 1.05 * site.level(last).quantile(0.9) } = battery;
    const range = (p: number) => (i: number) => site.level(i).quantile(p) / factor;
    const [bottom, top] = chart.frame ?? [];
    if (bottom === undefined || top === undefined) return ['no frame'];
    // Of one horizon the range is a wide line, behind all others.
    const isOne = horizons.length === 1;
    const band = isOne ? chart.rules[0] : chart.areas[0];
    const rules = isOne ? chart.rules.slice(1) : chart.rules;
    const [lower, upper] = isOne
      ? [...band].sort((a, b) => a.y - b.y).map((end) => [end])
      : [band.slice(horizons.length).reverse(), band.slice(0, horizons.length)];
    return wrong([
      ...seriesWanted({ ...chart, rules }, level, factor),
      ...atHorizons('upper', upper, horizons, range(0.9)),
      ...atHorizons('lower', lower, horizons, range(0.1)),
      { what: 'bottom', drawn: bottom, y: 0, slack: 1e-9 },
      { what: 'top', drawn: top, y: capacityJoules / factor },
    ]);
  }

  const share = (p: number, interval: readonly [number, number], known?: number): Value => {
    return { simulated: p, interval, exact: known };
  };
  const chances: Series[number][] = [
    [
      'auxiliary energy needed',
      (i) => {
        const { zero } = site.own('auxiliary', i);
        const known = exact(i)?.probabilityZero.value;
        const interval = exactInterval(TRIALS - Math.round(zero * TRIALS), TRIALS);
        return share(1 - zero, interval, known === undefined ? undefined : 1 - known);
      },
    ],
    [
      'slots in deficit',
      (i) => {
        const known = exact(i)?.deficitSlots.value;
        return mean(site.lacking(i), known === undefined ? undefined : known / horizons[i]);
      },
    ],
    [
      'empty at T',
      (i) => share(site.level(i).zero, site.level(i).zeroInterval, exact(i)?.level.probabilityEmpty.value),
    ],
  ];
  if (battery.capacityJoules !== undefined) {
    chances.push(['full at T', (i) => share(...site.full(i), exact(i)?.level.probabilityFull.value)]);
  }
  function chanceComplaints(svg: string): string[] {
    return wrong(seriesWanted(curvesOf(svg, xKind, 'linear'), chances, 1));
  }

  /** All charts of the report, and how each is read. */
  const readers = new Map<string, (svg: string) => string[]>([
    ...horizons.map((slots, i) => [`survival-${slots}`, (svg: string) => tailComplaints(i, svg)] as const),
    ['energies', energyComplaints],
    ['level', levelComplaints],
    ['chances', chanceComplaints],
  ]);

  test.each([...readers])('%s', (id, complaints) => {
    const svg = charts.get(id) ?? '';
    expect(complaints(svg)).toEqual([]);
    const moved = withMovedMarks(svg, id.startsWith('survival') ? 97 : 5);
    expect(moved).not.toEqual([]);
    expect(unnoticed(moved, complaints)).toEqual([]);
  });

  test('what is written in the charts and below them', () => {
    const { auxiliary, waste, consumption } = { auxiliary: energies[0], waste: energies[1], consumption: energies[2] };
    const energy = (name: string, joules: number): ProseRule => [
      new RegExp(`${name} ([\\d.]+) ([kM]?)J(?=[,.])`),
      (_, prefix) => [joules / factorOf(` ${prefix}J`)],
    ];
    const rules: Readonly<Record<string, readonly ProseRule[]>> = {
      energies: [auxiliary, waste, consumption].map(([name, of]) => energy(name, of(last).simulated)),
      level: [told('# % to # % of the paths', 10, 90), energy('mean', site.level(last).mean)],
      chances: chances.map(([name, of]) => told(`${name} #(?=[,.] | \\|)`, of(last).simulated)),
    };
    for (const [id, svg] of charts) {
      const slots = /^survival-(\d+)$/.exec(id)?.[1];
      const own = rules[id] ?? [
        told('after # slots', Number(slots)),
        told('pointwise # % interval', 95),
        told('# % interval, each', 95),
      ];
      const { words, legend, lines } = writingOf(svg);
      expect(compareProse(words, own, id)).toEqual([]);
      expect(legend.filter(({ isDrawnSo }) => !isDrawnSo)).toEqual([]);
      expect(legend.map(({ label }) => label).filter((label) => lines.includes(label))).toEqual(lines);
    }
    const below = captions.flatMap((caption) =>
      compareProse(
        caption,
        [
          ...horizons.map((slots): ProseRule => [new RegExp(`after (${slots}) slots`), () => [slots]]),
          told('plus at a = #', 0),
          energy('its capacity,', battery.capacityJoules ?? NaN),
        ],
        'caption',
      ),
    );
    expect(below).toEqual([]);
  });

  test('no chart is left out', () => {
    expect([...charts.keys()].sort()).toEqual([...readers.keys()].sort());
  });
});
