/** `batterywalk figure` run once: what it printed and wrote. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { expect } from 'vitest';
import { runOn } from '../cli/sink.js';
import { clean } from './validated.js';

export interface WrittenFigure {
  readonly text: string;
  readonly json: unknown;
  readonly svg: string;
  /** Words of figures.html around its chart. */
  readonly page: string;
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
    for (const part of page.querySelectorAll('svg, style')) part.remove();
    return {
      text: stdout,
      json: JSON.parse(read(`figure${name}.json`)) as unknown,
      svg: read(`figure${name}.svg`),
      page: clean(page.querySelector('main')?.textContent),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
