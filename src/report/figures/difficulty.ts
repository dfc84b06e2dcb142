/**
 * Figure 3: what one task costs on either of two models against its difficulty ξ, energy and latency, with the
 * crossings of both and the zone between them, where the small model is slower yet cheaper. From the fleet alone:
 * nothing is simulated.
 */
import * as Plot from '@observablehq/plot';
import { InputError } from '../../errors.js';
import { bisect } from '../../numeric/roots.js';
import { largestOf, smallestOf } from '../../numeric/extremes.js';
import { serviceCost } from '../../fleet/service.js';
import { modelProfile, servedTasks } from '../../fleet/task-table.js';
import type { FleetScenario, Scenario } from '../../scenario/scenario.js';
import { PAPER } from '../charts/theme.js';
import { BAND_OPACITY, drawChart } from '../charts/chart.js';
import type { ChartDocument } from '../charts/chart.js';
import { decades, logTick } from '../charts/ticks.js';
import { FIGURE_WIDTH, SERIES, dashOf, stackPanels } from './panels.js';

type Quantity = 'energyJoules' | 'latencySeconds';
/** What one task takes on one model: the token budget k* of eq. 42, and what that many tokens take. */
type Profile = Readonly<Record<Quantity | 'tokens', number>>;
const GRID = 241;

/** What `figure3.json` holds beside its heading. */
export interface DifficultyData {
  readonly small: string;
  readonly large: string;
  /** Of which task skills, tokens a skill and tolerance are taken. */
  readonly task: string;
  readonly curves: readonly {
    readonly difficulty: number;
    readonly small: Profile;
    readonly large: Profile;
  }[];
  /** ξ at which both models cost the same, ascending; several or none where the curves have it so. */
  readonly crossings: Readonly<Record<Quantity, readonly number[]>>;
}

/**
 * The smallest and the largest model of the fleet over the difficulties of the tasks, for the first task's skills.
 * @throws {InputError} without a fleet of two models, or where all tasks are equally difficult
 */
export function difficultyData(scenario: Scenario): DifficultyData {
  if (scenario.fleet === undefined || scenario.fleet.models.length < 2) {
    throw new InputError(
      `fleet: got ${scenario.fleet === undefined ? 'none' : 'one model'}, expected two or more models for figure 3, which compares them: add models, or draw another figure`,
      'fleet',
    );
  }
  const fleet: FleetScenario = scenario;
  const order = fleet.fleet.models.map((_, i) => i);
  order.sort((a, b) => fleet.fleet.models[a].parameters - fleet.fleet.models[b].parameters);
  const [small, large] = [order[0], order[order.length - 1]];
  const [task] = servedTasks(fleet);
  const difficulties = fleet.tasks.map((t) => t.difficulty);
  const [low, high] = [smallestOf(difficulties), largestOf(difficulties)];
  if (!(low < high)) {
    throw new InputError(
      `tasks: got one difficulty, ${low}, expected two or more for figure 3, which is drawn between the least and the greatest`,
      'tasks',
    );
  }
  const costs = fleet.fleet.models.map((model) => serviceCost(fleet.fleet, model));
  const profile = (index: number, difficulty: number): Profile => {
    const { tokens, energyJoules, latencySeconds } = modelProfile(fleet, { ...task, difficulty }, index, costs[index]);
    return { tokens, energyJoules, latencySeconds };
  };
  const curves = Array.from({ length: GRID }, (_, i) => {
    const difficulty = low + ((high - low) * i) / (GRID - 1);
    return { difficulty, small: profile(small, difficulty), large: profile(large, difficulty) };
  });
  const crossings = (of: Quantity): number[] => {
    const gap = (xi: number): number => Math.log(profile(small, xi)[of] / profile(large, xi)[of]);
    const found: number[] = [];
    for (let i = 1; i < GRID; i++) {
      const [a, b] = [curves[i - 1], curves[i]];
      const start = Math.log(a.small[of] / a.large[of]);
      // Equality on the grid's own point counts once, to the left.
      if (start * Math.log(b.small[of] / b.large[of]) <= 0 && start !== 0)
        found.push(bisect(a.difficulty, b.difficulty, (xi) => gap(xi) > 0 === start < 0));
    }
    return found;
  };
  return {
    small: fleet.fleet.models[small].name,
    large: fleet.fleet.models[large].name,
    task: task.name,
    curves,
    crossings: { energyJoules: crossings('energyJoules'), latencySeconds: crossings('latencySeconds') },
  };
}

const PANELS: readonly {
  readonly of: Quantity;
  readonly label: string;
  readonly factor: number;
  readonly name: string;
}[] = [
  { of: 'energyJoules', label: 'energy of a task, kJ', factor: 1e3, name: 'energy' },
  { of: 'latencySeconds', label: 'latency of a task, s', factor: 1, name: 'latency' },
];
const HEIGHT = 290;

/** The figure as SVG: energy above, latency below, on one scale of difficulty. */
export function difficultyFigure(data: DifficultyData, document: ChartDocument): string {
  const { small, large, curves, crossings } = data;
  const xs = curves.map((c) => c.difficulty);
  const [low, high] = [xs[0], xs[xs.length - 1]];
  // Both crossed once: then there is one zone between.
  const zone =
    crossings.energyJoules.length === 1 && crossings.latencySeconds.length === 1
      ? [crossings.energyJoules[0], crossings.latencySeconds[0]].sort((a, b) => a - b)
      : undefined;
  const slowerYetCheaper = zone !== undefined && crossings.energyJoules[0] < crossings.latencySeconds[0];
  const panels = PANELS.map(({ of, label, factor, name }, panel) => {
    const values = curves.flatMap((c) => [c.small[of] / factor, c.large[of] / factor]).filter(Number.isFinite);
    const [least, most] = [smallestOf(values), largestOf(values)];
    const sides = [
      { key: 'small' as const, label: small, style: SERIES[1], above: false },
      { key: 'large' as const, label: large, style: SERIES[4], above: true },
    ];
    const at = curves[Math.round(0.86 * (curves.length - 1))];
    return drawChart(
      {
        id: `figure3-${name}`,
        title: `Task ${name} of the models ${small} and ${large} against difficulty`,
        description: `${label} against difficulty; the curves cross at ${crossings[of].map((x) => x.toFixed(3)).join(', ') || 'no difficulty'}.`,
        legend: [],
        x: { label: 'difficulty ξ (lower is harder)', domain: [low, high], ticks: 8 },
        y: {
          label,
          type: 'log',
          domain: [least / 1.3, most * 1.3],
          ticks: decades(least, most)
            .flatMap((t) => [t, 3 * t])
            .filter((t) => t >= least / 1.3 && t <= most * 1.3),
          format: logTick,
        },
        marks: [
          ...(zone === undefined
            ? []
            : [
                Plot.rectY([0], {
                  x1: () => zone[0],
                  x2: () => zone[1],
                  y1: () => least / 1.3,
                  y2: () => most * 1.3,
                  fill: PAPER.muted,
                  fillOpacity: BAND_OPACITY,
                }),
                Plot.text(
                  panel === 0
                    ? [
                        `← between the crossings ${small} is ${slowerYetCheaper ? 'slower yet cheaper' : 'faster yet dearer'}`,
                      ]
                    : [],
                  { x: () => zone[1], y: () => most, dx: 6, textAnchor: 'start', fill: PAPER.exact },
                ),
              ]),
          Plot.ruleX(crossings[of], { stroke: PAPER.exact, strokeDasharray: '4 3' }),
          ...sides.map(({ key, style }) =>
            Plot.line(curves, {
              x: 'difficulty',
              y: (c: (typeof curves)[number]) => c[key][of] / factor,
              stroke: style.color,
              strokeWidth: 2.2,
              ...dashOf(style),
            }),
          ),
          ...sides.map(({ key, label: text, style, above }) =>
            Plot.text([at], {
              x: 'difficulty',
              y: () => at[key][of] / factor,
              text: () => text,
              dy: above ? -12 : 14,
              fill: style.color,
              fontWeight: 'bold',
              stroke: 'white',
              strokeWidth: 4,
            }),
          ),
          Plot.text(crossings[of], {
            x: (xi: number) => xi,
            y: () => least,
            text: (xi: number) => `ξ = ${xi.toFixed(3)}`,
            textAnchor: of === 'energyJoules' ? 'end' : 'start',
            dx: of === 'energyJoules' ? -5 : 5,
            fill: PAPER.exact,
          }),
        ],
      },
      { document, palette: PAPER, width: FIGURE_WIDTH, height: HEIGHT },
    );
  });
  return stackPanels('figure3', 'Energy and latency against difficulty', panels, FIGURE_WIDTH, HEIGHT);
}

/** Where the curves cross, in words. */
export function crossingsText({ crossings }: ReturnType<typeof difficultyData>): string {
  const list = (values: readonly number[]): string => values.map((x) => `ξ = ${x.toFixed(4)}`).join(', ') || 'nowhere';
  return `energy crosses at ${list(crossings.energyJoules)}, latency at ${list(crossings.latencySeconds)}`;
}
