/** Parts that every report shares, the page too: facts, charts with captions, where the numbers came from. */
import { Markup, html } from './markup.js';

/** Names with values, to stand in a list of class `facts`. */
export function factEntries(entries: readonly (readonly [name: string, value: string])[]): Markup {
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
