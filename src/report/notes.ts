/** What the columns of tables are, said below them once for every report. */
import { formatNumber } from '../numeric/format.js';
import { formatDuration } from './table.js';

/** What a number of slots stands for. */
export function slotsNote(slotSeconds: number): string {
  return `slots: of ${slotWords(slotSeconds)} each, from the start`;
}

/** A slot's length, in as few units as tell it. */
export function slotWords(seconds: number): string {
  return seconds < 60
    ? `${formatNumber(seconds).replace(/\.0+$/, '')} s`
    : formatDuration(seconds).replace(/ 0 \w+$/, '');
}

/** One note after the other. */
export function notesText(...notes: readonly (string | undefined)[]): string {
  return notes.filter((note) => note !== undefined).join('; ');
}
