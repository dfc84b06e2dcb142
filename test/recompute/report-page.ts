/** report.html read whole: its tables, and what stands around them; its charts are for svg.ts to read. */
import { parseHTML } from 'linkedom';
import { expect } from 'vitest';
import { compare, compareProse, withPlantedError } from './explained.js';
import type { Expected, ProseRule, Token } from './explained.js';
import { clean, htmlCells } from './validated.js';
import type { HtmlCell } from './validated.js';

/** Complaints about a report but for its charts. @param cellNumbers of cells, but for those with a place in the JSON */
export function pageComplaints(
  report: string,
  summary: unknown,
  cellNumbers: (cell: HtmlCell) => Expected,
  rules: readonly ProseRule[],
): string[] {
  const complaints = htmlCells(report, summary).flatMap((cell) => [
    ...cell.complaints,
    ...compare(cell.rest, cellNumbers(cell), `${cell.caption}, ${cell.head}`),
  ]);
  const page = parseHTML(report).document;
  for (const part of page.querySelectorAll('table, svg, style, code, figcaption')) part.remove();
  return [...complaints, ...compareProse(clean(page.querySelector('main')?.textContent), rules, 'report')];
}

/** How many numbers apart are made wrong: each makes a page to be read. */
const EVERY = 17;

/** Numbers that stand in a tag of their own and are not found when they are wrong; some are tried. */
export function missedInReport(report: string, complaints: (report: string) => string[]): Token[] {
  const shown = [...report.matchAll(/<data[^>]*>([\d.,]+)<\/data>/g)].map(({ 0: all, 1: text, index }) => ({
    text,
    at: index + all.indexOf('>') + 1,
  }));
  expect(shown.length).toBeGreaterThan(EVERY);
  const planted = shown.filter((_, i) => i % EVERY === 0);
  return planted.filter((token) => complaints(withPlantedError(report, token)).length === 0);
}
