/** `validate --out` or `run --out` run once: everything that it printed and wrote, with its integers. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { expect } from 'vitest';
import type { PartialsJson } from '../../src/engine/partials-codec.js';
import type { runRecord } from '../../src/report/manifest.js';
import { runOn } from '../cli/sink.js';
import { numbersOf, shows, standsAt } from './explained.js';

export interface Written {
  readonly text: string;
  readonly summary: unknown;
  readonly partials: PartialsJson;
  /** Of a distributed run: all that was counted of both accountings. */
  readonly proof: PartialsJson | undefined;
  readonly report: string;
  readonly manifest: unknown;
  readonly record: unknown;
  /** All other files, by name. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * @param command `validate`, or `run`
 * @param more options
 */
export async function validated(
  scenario: object,
  trials: number,
  horizons: readonly number[],
  command = 'validate',
  more: readonly string[] = [],
): Promise<Written> {
  const folder = mkdtempSync(join(tmpdir(), 'batterywalk-recompute-'));
  try {
    const file = join(folder, 'scenario.json');
    writeFileSync(file, JSON.stringify(scenario));
    const out = join(folder, 'out');
    const options = ['--trials', String(trials), '--horizons', horizons.join(','), '--seed', 'recompute'];
    const { stdout, stderr } = await runOn([
      ...[command, file, ...options, ...more, '--backend', 'cpu', '--quiet', '--out', out],
    ]);
    expect(stderr).toBe('');
    const read = (name: string): string => readFileSync(join(out, name), 'utf8');
    const { elapsedSeconds, pathSlotsPerSecond } = JSON.parse(read('run.json')) as ReturnType<typeof runRecord>;
    return {
      text: stdout,
      // Times stand apart from what is the same in every run.
      summary: { ...(JSON.parse(read('summary.json')) as object), elapsedSeconds, pathSlotsPerSecond },
      partials: JSON.parse(read('partials.json')) as PartialsJson,
      proof: existsSync(join(out, 'proof-partials.json'))
        ? (JSON.parse(read('proof-partials.json')) as PartialsJson)
        : undefined,
      report: read('report.html'),
      manifest: JSON.parse(read('manifest.json')) as unknown,
      record: JSON.parse(read('run.json')) as unknown,
      files: new Map(
        readdirSync(out)
          .filter((name) => name !== 'manifest.json' && name !== 'run.json')
          .map((name) => [name, read(name)]),
      ),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const FACTORS: Readonly<Record<string, number>> = { G: 1e9, M: 1e6, k: 1e3, '': 1, m: 1e-3, µ: 1e-6 };

/** What a head or a caption says of the unit: `E[D] kJ, 95 %` is in 1000 J; 1 where it says nothing. */
export function factorOf(head: string): number {
  if (/%/.test(head) && !/95\s%|\d\s%/.test(head)) return 0.01;
  const found = /(?:^|[\s,])([GMkmµ]?)[JW](?=$|[\s,;:])/.exec(head);
  return found === null ? 1 : FACTORS[found[1]];
}

/** Whether a head says what its numbers are in. */
export const hasUnit = (head: string): boolean => /(?:^|[\s,])[GMkmµ]?[JW](?=$|[\s,;:])/.test(head);

/** A cell of the report's tables. */
export interface HtmlCell {
  readonly caption: string;
  readonly head: string;
  /** The cells of its first and second columns. */
  readonly row: string;
  readonly second: string;
  readonly text: string;
  /** Text without what carries its place in summary.json. */
  readonly rest: string;
  /** Complaints about what does carry it. */
  readonly complaints: readonly string[];
  readonly rowIndex: number;
}

/** Every cell; what says where it stands in summary.json is held against that and against its own text. */
export function htmlCells(report: string, summary: unknown): HtmlCell[] {
  const page = parseHTML(report).document;
  return [...page.querySelectorAll('table')].flatMap((table) => {
    const caption = clean(table.querySelector('caption')?.textContent);
    const heads = [...table.querySelectorAll('thead th')].map((head) => clean(head.textContent));
    return [...table.querySelectorAll('tbody tr')].flatMap((line, rowIndex) => {
      const cells = [...line.querySelectorAll('th, td')];
      return cells.map((cell, i): HtmlCell => {
        const row = clean(cells[0].textContent);
        const factor = heads[i].startsWith('P(') ? 1 : unitOf([heads[i], row, clean(cells[1]?.textContent), caption]);
        const places = [...cell.querySelectorAll('data')];
        const complaints = places.flatMap((place) => {
          const at = place.getAttribute('data-at') ?? '';
          const stands = standsAt(summary, at);
          const value = Number(place.getAttribute('value'));
          const shown = clean(place.textContent);
          const own = /%|[kM]?[JW]$| s$/.test(shown) ? factorOf(shown) : factor;
          if (value !== stands) return [`${caption}: ${at} is ${String(stands)}, the report has ${value}`];
          const token = numbersOf(shown).at(0);
          const isTime = / (?:s|min|h|days)/.test(shown);
          if (isTime || shown === '—') return [];
          return token !== undefined && shows(token.text, value / own)
            ? []
            : [`${caption}, ${heads[i]}: ${at} reads ${shown}, is ${value / own}`];
        });
        const text = clean(cell.textContent);
        let rest = text;
        for (const place of places) rest = rest.replace(clean(place.textContent), '');
        const second = clean(cells[1]?.textContent);
        return { caption, head: heads[i], row, second, text, rest: rest.trim(), complaints, rowIndex };
      });
    });
  });
}

function unitOf(texts: readonly string[]): number {
  for (const text of texts) {
    const factor = factorOf(text);
    if (factor !== 1 || /(?:^|[\s,])[JW](?=$|[\s,;:])/.test(text)) return factor;
  }
  return 1;
}

export const clean = (text: string | null | undefined): string => (text ?? '').replace(/\s+/g, ' ').trim();
