/** Parts that every report shares, the page too: facts, charts with captions, where the numbers came from. */
import { formatCount } from '../../numeric/format.js';
import type { FileRead } from '../../scenario/trace/inspect.js';
import { adapterWords } from '../adapter-words.js';
import type { RunDocument } from '../documents.js';
import { inspectionLines } from '../reading-text.js';

import { formatDuration, formatQuantity } from '../table.js';
import { driftText, horizonWords } from '../words.js';
import { Markup, html } from './markup.js';

type Facts = readonly (readonly [name: string, value: string])[];

/** What was run, where and on what. @param own facts of this report alone */
export function facts(
  {
    scenario,
    seed,
    engine,
    horizons,
    law,
  }: Pick<RunDocument, 'scenario' | 'seed' | 'engine' | 'law'> & {
    readonly horizons: readonly { readonly slots: number; readonly trials: number }[];
  },
  own: Facts = [],
): Markup {
  const { slots, trials } = horizons[horizons.length - 1];
  return html`<dl class="facts">
    ${factEntries([
      ['paths', formatCount(trials)],
      ['slots', `${formatCount(slots)} of ${formatDuration(scenario.slotSeconds)}`],
      ['seed', seed],
      ...own,
      ['drift', `${driftText(law.driftJoulesPerSlot, law.volatilityJoules).replace('-', '−')} a slot`],
      ['volatility σ', formatQuantity(law.volatilityJoules, 'J')],
      ['quantum', formatQuantity(law.quantumJoules, 'J', 3)],
      ['backend', `${engine.backend} on ${adapterWords(engine.adapter)}`],
      ['engine', `batterywalk ${engine.version}`],
    ])}
  </dl>`;
}

/** What was read of files of measured values, with what is doubtful in them; nothing where none was. */
export function filesRead(read: readonly FileRead[] = []): Markup {
  const told = (found: FileRead): Markup =>
    html`<p class="note file-read">
      ${inspectionLines(found.file, found).map((line) => html`${line.trim()}<br />`)}
      ${found.warnings.map(({ message }) => html`<strong>Warning:</strong> ${message}<br />`)}
    </p>`;
  return html`${read.map(told)}`;
}

/** What is folded away of each horizon but the last, the longest first. */
export function shorterHorizons(
  horizons: readonly { readonly slots: number }[],
  slotSeconds: number,
  content: (place: number) => Markup,
): Markup {
  return html`${horizons.length > 1 && html`<h3>Shorter horizons</h3>`}
  ${horizons
    .slice(0, -1)
    .map(
      ({ slots }, i) =>
        html`<details>
          <summary>${horizonWords(slots, slotSeconds)}</summary>
          ${content(i)}
        </details>`,
    )
    .reverse()}`;
}

/** Names with values, to stand in a list of class `facts`. */
export function factEntries(entries: Facts): Markup {
  return html`${entries.map(
    ([name, value]) =>
      html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`,
  )}`;
}

/** A chart under its caption. */
export function figure(title: string, caption: string, svg: string): Markup {
  return html`<figure>
    <figcaption>${title}<span>${caption}</span></figcaption>
    ${new Markup(svg)}
  </figure>`;
}

/** The hashes of what can be repeated. How long it took is not here: a report is the same whenever it is made. */
export function provenance({ partialsSha256 }: { readonly partialsSha256: string }, manifestSha256: string): Markup {
  return html`<p>
    Partials <code>${partialsSha256}</code>, inputs and result <code>${manifestSha256}</code> (SHA-256; manifest.json),
    equal on every backend.
  </p>`;
}
