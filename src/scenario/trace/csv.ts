/**
 * Rows of a delimited text: the delimiter found, quotes undone (papaparse), comments set apart, blank lines dropped.
 * A row knows its line. What the rows mean is for others.
 */
import Papa from 'papaparse';
import { TraceRefusal } from './refusal.js';

/** Rows in their order: fields trimmed, and the line of each from 1, comments and blank lines counted. */
export interface Rows {
  readonly fields: readonly (readonly string[])[];
  readonly lines: Uint32Array;
  readonly separator: string;
  /** Lines that start with `#`, without it. */
  readonly comments: readonly string[];
}

const SEPARATORS = [';', '\t', ',', '|'] as const;
/** So many lines tell the separator. */
const SAMPLE_LINES = 200;

/**
 * The separator that parts most lines into most fields of one number. `;` and tab win over `,` where they part as
 * evenly, for a comma may be a decimal mark.
 */
function separatorOf(lines: readonly string[]): string {
  let best = { separator: ',', score: 0 };
  for (const separator of SEPARATORS) {
    const counts = new Map<number, number>();
    for (const line of lines) {
      const count = line.replaceAll(/"[^"]*"/g, '').split(separator).length;
      if (count > 1) counts.set(count, (counts.get(count) ?? 0) + 1);
    }
    const score = Array.from(counts, ([fields, times]) => (fields - 1) * times).reduce((a, b) => Math.max(a, b), 0);
    const isBetter = separator === ',' || separator === '|' ? score > best.score * 1.5 : score > best.score;
    if (isBetter) best = { separator, score };
  }
  return best.separator;
}

const COMMENT = /^[ \t]*#.*$/gm;

function complain(name: string, line: number, problem: string): TraceRefusal {
  return new TraceRefusal(name, `line ${line}: ${problem}`, undefined);
}

/** The fault of a quote, told by its line. @param index near the quote that papaparse stumbled over */
function quoteFault(name: string, text: string, index: number, isOpen: boolean): TraceRefusal {
  const lineAt = (at: number): number => text.slice(0, at).split('\n').length;
  if (isOpen) {
    const problem = 'got a quote that is not closed, expected " at the end of the field';
    return complain(name, lineAt(text.lastIndexOf('"', index)), problem);
  }
  const after = /" *([^"\s])/.exec(text.slice(index))?.[1] ?? '';
  const problem = `got ${JSON.stringify(after)} after a closing quote, expected a separator or the end of the line`;
  return complain(name, lineAt(index), problem);
}

/**
 * The rows of a text.
 *
 * @throws {TraceRefusal} on a quote that is not closed, or that text follows.
 */
export function csvRows(text: string, name: string): Rows {
  if (text.slice(0, 4096).includes('\0')) {
    throw new TraceRefusal(name, 'got bytes that are no text (UTF-16 or a binary file?), expected CSV', undefined);
  }
  const comments: string[] = [];
  let plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (!plain.includes('\n')) plain = plain.replaceAll('\r', '\n');
  if (plain.includes('#')) {
    plain = plain.replaceAll(COMMENT, (line) => {
      comments.push(line.trim().slice(1).trim());
      return '';
    });
  }
  const head = sampleOf(plain);
  const separator = separatorOf(head);
  // A quote after a space begins a field too.
  if (/[,;\t|] +"/.test(plain))
    plain = plain.replaceAll(/([,;\t|]) +(?=")/g, '$1').replaceAll(/"[ ]+(?=[,;\t|\n]|$)/g, '"');
  const { data, errors } = Papa.parse<string[]>(plain, { delimiter: separator, newline: '\n', skipEmptyLines: false });
  const fault = errors.find(({ type }) => type === 'Quotes');
  if (fault !== undefined) throw quoteFault(name, plain, fault.index ?? 0, fault.code === 'MissingQuotes');
  const lines = new Uint32Array(data.length);
  let line = 1;
  let kept = 0;
  for (const row of data) {
    const first = line++;
    for (let i = 0; i < row.length; i++) {
      const field = row[i];
      if (field.includes('\n')) line += field.split('\n').length - 1;
      const edge = field.charCodeAt(0);
      const last = field.charCodeAt(field.length - 1);
      if (edge <= 32 || last <= 32 || edge >= 160 || last >= 160) row[i] = field.trim();
    }
    if (row.length === 1 ? row[0] === '' : row.every((field) => field === '')) continue;
    data[kept] = row;
    lines[kept++] = first;
  }
  data.length = kept;
  return { fields: data, lines: lines.subarray(0, kept), separator, comments };
}

/** Lines that hold something, from the middle of the text as from its head: a preamble has separators of its own. */
function sampleOf(text: string): string[] {
  const window = 1 << 16;
  const middle = text.length > 2 * window ? text.slice(text.length >> 1, (text.length >> 1) + window) : '';
  const lines = (part: string): string[] => part.split('\n').filter((line) => line.trim() !== '');
  return [...lines(text.slice(0, window)).slice(0, SAMPLE_LINES), ...lines(middle).slice(1, SAMPLE_LINES)];
}

/** A separator as it is told. */
export const separatorName = (separator: string): string => (separator === '\t' ? 'tabs' : JSON.stringify(separator));
