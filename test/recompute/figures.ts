/** `batterywalk figure` run once: what it printed and wrote. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { expect } from 'vitest';
import { runOn } from '../cli/sink.js';
import type { TextTable } from './explained.js';
import { clean } from './validated.js';

export interface WrittenFigure {
  readonly text: string;
  readonly json: unknown;
  readonly svg: string;
  /** Words of figures.html around its chart and its tables. */
  readonly page: string;
  readonly tables: readonly PageTable[];
}

export interface PageTable extends TextTable {
  readonly caption: string;
}

export const SEED = 'recompute';

export async function figureOf(
  name: '2' | '3' | '4',
  scenario: object,
  options: readonly string[],
): Promise<WrittenFigure> {
  const folder = mkdtempSync(join(tmpdir(), 'batterywalk-figure-'));
  try {
    const file = join(folder, 'scenario.json');
    writeFileSync(file, JSON.stringify(scenario));
    const { stdout, stderr } = await runOn([
      ...['figure', name, file, ...options, '--seed', SEED, '--backend', 'cpu', '--quiet', '--out', folder],
    ]);
    expect(stderr).toBe('');
    const read = (written: string): string => readFileSync(join(folder, written), 'utf8');
    const page = parseHTML(read('figures.html')).document;
    const tables = [...page.querySelectorAll('table')].map((table): PageTable => {
      const cells = (row: Element): string[] => [...row.querySelectorAll('th, td')].map((c) => clean(c.textContent));
      return {
        caption: clean(table.querySelector('caption')?.textContent),
        heads: [...table.querySelectorAll('thead tr')].flatMap(cells),
        rows: [...table.querySelectorAll('tbody tr')].map(cells),
      };
    });
    for (const part of page.querySelectorAll('svg, style, table')) part.remove();
    return {
      text: stdout,
      json: JSON.parse(read(`figure${name}.json`)) as unknown,
      svg: read(`figure${name}.svg`),
      page: clean(page.querySelector('main')?.textContent),
      tables,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
