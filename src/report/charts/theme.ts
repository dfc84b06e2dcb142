/**
 * How curves look, everywhere: one name, colour, dash and width for each of the simulated and the three theoretical
 * laws. Colours are of Okabe and Ito's set, which colour-blind readers tell apart; dashes and widths tell the curves
 * apart in greyscale.
 */

/** The laws that a chart may show. */
export type CurveName = 'simulated' | 'exact' | 'corrected' | 'brownian';

/**
 * From the back to the front: the simulated curve is wide and pale, and the dashes of the approximations lie on the
 * thin exact one, so that each shows where they agree.
 */
export const CURVE_NAMES: readonly CurveName[] = ['simulated', 'exact', 'corrected', 'brownian'];

/** Colours of a chart, each any CSS colour. */
export type Palette = Readonly<Record<CurveName | 'muted', string>>;

/** For files that stand alone on white paper. */
export const PAPER: Palette = {
  simulated: '#5aae8f',
  exact: '#111111',
  corrected: '#0072b2',
  brownian: '#d55e00',
  muted: '#767676',
};

/** For pages: the page's own variables decide (`--simulated`, …), the paper's colours where it has none. */
export const PAGE: Palette = Object.fromEntries(
  Object.entries(PAPER).map(([name, color]) => [name, `var(--${name}, ${color})`]),
) as Palette;

export interface CurveStyle {
  readonly label: string;
  /** Stroke width, px. */
  readonly width: number;
  /** SVG dash array; undefined for a solid line. */
  readonly dash: string | undefined;
  readonly opacity: number;
  /** Of single points. */
  readonly symbol: 'circle' | 'plus' | 'square' | 'triangle';
}

export const CURVE_STYLES: Readonly<Record<CurveName, CurveStyle>> = {
  simulated: { label: 'simulated', width: 6, dash: undefined, opacity: 0.6, symbol: 'circle' },
  exact: { label: 'exact', width: 1.3, dash: undefined, opacity: 1, symbol: 'plus' },
  corrected: { label: 'corrected', width: 2.2, dash: '7 4', opacity: 1, symbol: 'square' },
  brownian: { label: 'Brownian', width: 2.2, dash: '2 3', opacity: 1, symbol: 'triangle' },
};

/** How labels call a law. */
export function curveLabel(name: CurveName): string {
  return CURVE_STYLES[name].label;
}
