/**
 * What the figures share: their width, the colours and dashes of series that are no laws, and several charts in one
 * SVG. No data.
 */

/** px: a column and a half of a paper at the charts' text size. */
export const FIGURE_WIDTH = 560;

/** How a series looks. */
export interface SeriesStyle {
  readonly color: string;
  readonly dash: string | undefined;
}

/** Of Okabe and Ito's set, from calm to alarming; the dashes tell them apart in greyscale. */
export const SERIES: readonly SeriesStyle[] = [
  { color: '#111111', dash: undefined },
  { color: '#0072b2', dash: '8 3' },
  { color: '#009e73', dash: '4 3' },
  { color: '#cc79a7', dash: '9 3 2 3' },
  { color: '#d55e00', dash: '2 2.5' },
  { color: '#56b4e9', dash: '12 4' },
  { color: '#e69f00', dash: '6 2 2 2 2 2' },
  { color: '#7f5f3f', dash: '1 3' },
];

/** `strokeDasharray` where there is one. */
export function dashOf({ dash }: SeriesStyle): { strokeDasharray?: string } {
  return dash === undefined ? {} : { strokeDasharray: dash };
}

/** Charts under one another in one SVG, each of the given size. */
export function stackPanels(
  id: string,
  title: string,
  panels: readonly string[],
  width: number,
  height: number,
): string {
  const inner = panels.map((panel, i) => panel.replace('<svg ', `<svg y="${i * height}" `));
  const total = height * panels.length;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="${id}-title" width="${width}" height="${total}" ` +
    `viewBox="0 0 ${width} ${total}"><title id="${id}-title">${title}</title>${inner.join('')}</svg>`
  );
}
