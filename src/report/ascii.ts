/**
 * Text in plain ASCII, for terminals and files of a locale that has no more (LANG=C): signs become what one would type
 * instead, letters lose their accents. Columns of tables are laid out anew, for some signs grow.
 */
import { append, largestOf } from '../numeric/extremes.js';

/** What one would type. Powers are apart: they need a caret. */
const TYPED: Readonly<Record<string, string>> = {
  ...{ '±': '+-', '×': 'x', '·': '*', '−': '-', '–': '-', '—': '-', '…': '..', '≤': '<=', '≥': '>=', '≈': '~' },
  ...{ '√': 'sqrt ', '∞': 'inf', '→': '->', '’': "'", '‘': "'", '“': '"', '”': '"', '\u00a0': ' ', '°': ' deg' },
  ...{ σ: 'sigma', Σ: 'sum ', λ: 'lambda', θ: 'theta', α: 'alpha', η: 'eta', ξ: 'xi', χ: 'chi', μ: 'mu', τ: 'tau' },
  ...{ '▁': '_', '▂': '.', '▃': '-', '▄': '=', '▅': '+', '▆': '*', '▇': '#', '█': '@' },
  ...{ µ: 'u', ß: 'ss', Δ: 'delta ', δ: 'delta', ø: 'o', Ø: 'O', æ: 'ae', Æ: 'AE', '\ufffd': '?' },
};

const POWERS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** One line or word without any table. */
function words(text: string): string {
  return text
    .replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+/g, (power) => `^${power.replace(/./g, plainPower)}`)
    .replace(/[\u0080-\u{10ffff}]/gu, (sign) => TYPED[sign] ?? unaccented(sign));
}

function plainPower(sign: string): string {
  return sign === '⁻' ? '-' : sign === '⁺' ? '+' : String(POWERS.indexOf(sign));
}

function unaccented(sign: string): string {
  const letters = sign.normalize('NFKD').replace(/[^ -~]/gu, '');
  return letters === '' ? '?' : letters;
}

/** The rule under the heads of a table: it says where the columns are. */
export const RULE = /^-+(?: {2}-+)*$/;

/** The same text in ASCII, its tables in line. */
export function asciiText(text: string): string {
  // eslint-disable-next-line no-control-regex -- up to 127 is what ASCII is
  if (/^[\u0000-\u007f]*$/.test(text)) return text;
  const lines = text.split('\n');
  const out: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    if (i + 1 < lines.length && RULE.test(lines[i + 1])) {
      const rows = [lines[i]];
      const spans = columnsOf(lines[i + 1]);
      let end = i + 2;
      while (end < lines.length && isRow(lines[end], spans)) rows.push(lines[end++]);
      append(out, laidOut(rows, spans));
      i = end - 1;
    } else out.push(words(lines[i]));
  }
  return out.join('\n');
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function columnsOf(rule: string): Span[] {
  return [...rule.matchAll(/-+/g)].map(({ index, 0: dashes }) => ({ from: index, to: index + dashes.length }));
}

/** Whether nothing stands between the columns; an empty line ends a table. */
function isRow(line: string, spans: readonly Span[]): boolean {
  const last = spans[spans.length - 1];
  return (
    line !== '' &&
    line.length <= last.to &&
    spans.slice(1).every(({ from }) => line.slice(from - 2, from).trim() === '') &&
    // What is short of a column of numbers does not begin at its left.
    (line.length >= spans[0].to || spans.length > 1 || line.startsWith(' '))
  );
}

function laidOut(lines: readonly string[], spans: readonly Span[]): string[] {
  const columns = spans.map(({ from, to }) => {
    const raw = lines.map((line) => line.slice(from, to).padEnd(to - from));
    const right = raw.some((cell) => cell.startsWith(' ') && cell.trim() !== '');
    const cells = raw.map((cell) => words(cell.trim()));
    const width = largestOf(cells.map((cell) => cell.length));
    return { width, cells: cells.map((cell) => (right ? cell.padStart(width) : cell.padEnd(width))) };
  });
  const [head, ...rows] = lines.map((_, row) =>
    columns
      .map(({ cells }) => cells[row])
      .join('  ')
      .trimEnd(),
  );
  return [head, columns.map(({ width }) => '-'.repeat(width)).join('  '), ...rows];
}

/** How long a cell becomes in ASCII at the most: room is left for it. */
export function asciiLength(cell: string): number {
  return words(cell).length;
}
