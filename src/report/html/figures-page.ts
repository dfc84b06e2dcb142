/**
 * figures.html: the paper's figures in one file that needs no network and no script, each with what it shows in words.
 */
import type { Scenario } from '../../scenario/scenario.js';
import { VERSION } from '../../version.js';
import type { Table } from '../table-model.js';
import { Markup, html } from './markup.js';
import { standalonePage } from './frame.js';
import { tableHtml } from './table.js';

/** A drawn figure. */
export interface DrawnFigure {
  readonly name: '2' | '3' | '4';
  readonly svg: string;
  /** What was found, in a sentence. */
  readonly text: string;
  /** What its intervals are not good for. */
  readonly note?: string | undefined;
  /** What was found, number by number. */
  readonly found?: Table | undefined;
}

/** What each figure is about. */
const TITLES: Readonly<Record<DrawnFigure['name'], string>> = {
  '2': 'Deviation of the mean deficit against relative drift',
  '3': 'Energy and latency of the models against difficulty',
  '4': 'Mean auxiliary energy against the horizon for several routing error rates',
};

const CAPTIONS: Readonly<Record<DrawnFigure['name'], string>> = {
  '2': 'What the mean deficit exceeds drift by, over the critical mean of the diffusion: highest where there is no drift, falling on both sides.',
  '3': 'Where tasks are easy the small model takes less of both; where they are hard the large one does; between the crossings the small one is slower yet cheaper.',
  '4': 'Where harvest and demand are equal without routing errors, the mean then grows like √T; errors bend it to a straight line, the earlier the more there are. A surplus levels it off.',
};

/** One figure with its heading and its words. */
export function figureSection({ name, svg, text, note, found }: DrawnFigure): Markup {
  return html`<section>
    <h2 id="figure${name}">Figure ${name}: ${TITLES[name]}</h2>
    <p>${CAPTIONS[name]}</p>
    <figure class="paper">${new Markup(svg)}</figure>
    <p class="note">${text}</p>
    ${
      found !== undefined &&
      html`${tableHtml(found)}
        <p class="note">${found.note}</p>`
    }
    ${note !== undefined && html`<p class="note">${note}</p>`}
  </section>`;
}

/** The page as text. */
export function figuresHtml(scenario: Scenario, figures: readonly DrawnFigure[]): string {
  const body = html`
    <h1>${scenario.name}: figures</h1>
    ${figures.map(figureSection)}
    <footer><p>batterywalk ${VERSION}. The data are in the JSON files beside this page.</p></footer>
  `;
  return standalonePage(`${scenario.name}: figures`, body);
}
