/** Parts that every report shares, the page too: facts, charts with captions, where the numbers came from. */
import type { Backend } from '../../engine/backend.js';
import { formatDuration } from '../table.js';
import { Markup, html } from './markup.js';
import { scientific } from './words.js';

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

/** What a run ran on. */
export function adapterWords(adapter: Backend['adapter']): string {
  if ('threads' in adapter) return `${adapter.threads} thread${adapter.threads === 1 ? '' : 's'}`;
  const { description, device, architecture, vendor, isSoftware } = adapter;
  return `${description || device || architecture || vendor || 'unnamed'}${isSoftware ? ' (software)' : ''}`;
}

/** A chart under its caption. */
export function figure(title: string, caption: string, svg: string): Markup {
  return html`<figure>
    <figcaption>${title}<span>${caption}</span></figcaption>
    ${new Markup(svg)}
  </figure>`;
}

/** How fast a run was, and the hashes of what can be repeated. */
export function provenance(
  document: {
    readonly elapsedSeconds: number;
    readonly pathSlotsPerSecond: number;
    readonly partialsSha256: string;
  },
  manifestSha256: string,
): Markup {
  const { elapsedSeconds, pathSlotsPerSecond, partialsSha256 } = document;
  return html`<p>
    ${formatDuration(elapsedSeconds)} at ${scientific(pathSlotsPerSecond)} path-slots/s. Partials
    <code>${partialsSha256}</code>, inputs and result <code>${manifestSha256}</code> (SHA-256; manifest.json), equal on
    every backend.
  </p>`;
}
