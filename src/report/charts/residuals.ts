/**
 * What the eye cannot see in a CDF: its difference from the exact one, simulated within the band that chance allows,
 * and the two approximations. Two charts, since the approximations may be a hundred times farther off than the
 * simulation.
 */
import * as Plot from '@observablehq/plot';
import type { Markish } from '@observablehq/plot';
import { largestOf } from '../../numeric/extremes.js';
import { formatCount } from '../../numeric/format.js';
import type { HorizonCurves } from '../curves.js';
import { BAND_OPACITY, curveLine, drawChart } from './chart.js';
import type { ChartSetting } from './chart.js';
import { deficitScale, inUnits } from './distribution.js';
import { PAGE } from './theme.js';
import type { CurveName, Palette } from './theme.js';
import { powerOfTen } from './ticks.js';

/** The part of a horizon's curves that these charts need. */
type ResidualData = Pick<
  HorizonCurves,
  'slots' | 'trials' | 'deficits' | 'cdf' | 'residual' | 'band' | 'confidence' | 'bulk'
>;

/** simulated − exact, with the simultaneous band. */
export function residualChart(data: ResidualData, setting: ChartSetting): string {
  const reach = 1.15 * largestOf([1.2 * data.band, ...data.residual.map(Math.abs)]);
  return residualPanel(data, setting, {
    id: `residual-${data.slots}`,
    title: `Simulated minus exact after ${formatCount(data.slots)} slots`,
    description:
      `Difference between the simulated and the exact distribution of the deficit, against the deficit, with the band within which chance alone ` +
      `keeps the whole curve in ${percent(data)} % of right simulations.`,
    names: ['simulated'],
    reach,
  });
}

/** Brownian − exact and corrected − exact, with the same band for scale. */
export function limitErrorChart(data: ResidualData, setting: ChartSetting): string {
  const reach =
    1.1 *
    largestOf([
      data.band,
      ...(['brownian', 'corrected'] as const).flatMap((name) => difference(data, name).map(Math.abs)),
    ]);
  return residualPanel(data, setting, {
    id: `limit-error-${data.slots}`,
    title: `Error of the two approximations after ${formatCount(data.slots)} slots`,
    description:
      'Difference of the Brownian and of the corrected distribution of the deficit from the exact one, against the deficit, with the simulation’s ' +
      `${percent(data)} % band for scale.`,
    names: ['brownian', 'corrected'],
    reach,
  });
}

interface Panel {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly names: readonly CurveName[];
  readonly reach: number;
}

function residualPanel(data: ResidualData, setting: ChartSetting, panel: Panel): string {
  const { palette = PAGE } = setting;
  const { unit, factor } = deficitScale(data);
  const exponent = Math.floor(Math.log10(panel.reach));
  const scale = 10 ** exponent;
  const xs = data.deficits.map((d) => d / factor);
  const domain = inUnits(data.bulk, factor);
  const names = panel.names.map((name) => (name === 'brownian' ? 'Brownian' : name)).join(', ');
  return drawChart(
    {
      id: panel.id,
      title: panel.title,
      description: panel.description,
      legend: [...panel.names, { label: `${percent(data)} % simultaneous band`, fill: palette.muted }],
      x: { label: `deficit d, ${unit}`, domain, ticks: 5 },
      y: {
        label: `${names} − exact, units of ${powerOfTen(exponent)}`,
        domain: [-panel.reach / scale, panel.reach / scale],
        ticks: 5,
      },
      marks: [
        ...band(data.band / scale, domain, palette),
        Plot.ruleY([0], { strokeOpacity: 0.6 }),
        ...panel.names.map((name) =>
          curveLine(
            name,
            xs,
            difference(data, name).map((r) => r / scale),
            palette,
            // Alone on its chart the simulated curve need not stand behind another.
            name === 'simulated' ? { width: 1.6, opacity: 1 } : {},
          ),
        ),
      ],
    },
    setting,
  );
}

function band(half: number, domain: readonly number[], palette: Palette): Markish[] {
  return [
    Plot.rect([0], {
      x1: () => domain[0],
      x2: () => domain[1],
      y1: () => -half,
      y2: () => half,
      fill: palette.muted,
      fillOpacity: BAND_OPACITY,
      clip: true,
    }),
    Plot.ruleY([-half, half], { stroke: palette.muted, strokeDasharray: '4 3', clip: true }),
  ];
}

function difference(data: ResidualData, name: CurveName): readonly number[] {
  return name === 'simulated' ? data.residual : data.cdf[name].map((p, i) => p - data.cdf.exact[i]);
}

function percent({ confidence }: ResidualData): number {
  return Math.round(100 * confidence);
}
