/**
 * Tables of reports: table-model.ts as HTML. Numbers of summary.json carry themselves in full, and their place in
 * `data-at`.
 */
import { dashNote, isList } from '../table-model.js';
import type { Cell, Table } from '../table-model.js';
import { html } from './markup.js';
import type { Markup } from './markup.js';

/** A table; its first column holds the headers of its rows. It scrolls by itself where it is too wide. */
export function tableHtml(table: Table): Markup {
  const { caption, columns, rows } = table;
  const note = dashNote(table);
  const kept = columns.flatMap(({ only }, i) => (only === 'text' ? [] : [i]));
  const kind = (i: number): Markup | false => columns[i].align === 'left' && html` class="text"`;
  const isGrouped = rows.some(({ continues }) => continues);
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
      <table>
        <caption>
          <span>${caption}</span>
        </caption>
        <thead>
          <tr>
            ${kept.map((i) => html`<th scope="col" ${kind(i)}>${columns[i].title ?? columns[i].header}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ cells, continues }) =>
              html`<tr ${isGrouped && continues !== true && html` class="first"`}>
                ${kept.map((i) =>
                  i === 0
                    ? html`<th scope="row" ${kind(i)}>${cellHtml(cells[i])}</th>`
                    : html`<td ${kind(i)}>${cellHtml(cells[i])}</td>`,
                )}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${note !== undefined && html`<p class="note">${note}</p>`}`;
}

function cellHtml(cell: Cell): Markup | string {
  if (typeof cell === 'string') return cell;
  if (isList(cell)) return html`${cell.map(cellHtml)}`;
  if ('aside' in cell) return html` <small>${cell.aside.map(cellHtml)}</small>`;
  if ('code' in cell) return html`<code>${cell.code}</code>`;
  if ('html' in cell) return html`${cell.html.map(cellHtml)}`;
  if ('pass' in cell) return html`<span class="${cell.pass ? 'pass' : 'failed'}">${cell.shown}</span>`;
  return html`<data value="${cell.value}" data-at="${cell.at}">${cell.shown}</data>`;
}
