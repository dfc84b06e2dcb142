/**
 * Whether every number of a document is explained. A rule says what a place of it should show; a number that no rule
 * covers is a complaint, as is one that is not the rounding of what the rule says. Knows nothing of what is computed.
 */

import { ANYTHING, exemption } from './exemptions.js';

/** A number as text shows it, with digits after the point, a power of ten, and commas between thousands. */
const NUMBER = /[+−-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[+-]?\d+|·10[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)?/g;
const POWERS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

export interface Token {
  readonly text: string;
  readonly at: number;
}

export function numbersOf(text: string): Token[] {
  return [...text.matchAll(NUMBER)].map(({ 0: found, index }) => ({ text: found, at: index }));
}

/** The value of a token, and half a unit of its last digit. */
function read(token: string): { readonly value: number; readonly half: number } {
  const plain = token
    .replace('−', '-')
    .replaceAll(',', '')
    .replace(
      /·10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)/,
      (_, power: string) => `e${power.replace('⁻', '-').replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (c) => String(POWERS.indexOf(c)))}`,
    );
  const [digits, exponent = '0'] = plain.split('e');
  const decimals = digits.includes('.')
    ? digits.length - digits.indexOf('.') - 1
    : -(/0*$/.exec(digits)?.[0].length ?? 0);
  return { value: Number(plain), half: 0.5 * 10 ** (Number(exponent) - decimals) };
}

/** Whether a token is what a number reads as, in whatever number of digits. */
export function shows(token: string, value: number): boolean {
  const { value: read_, half } = read(token);
  return Math.abs(read_ - value) <= half * (1 + 1e-6) + 1e-12 * Math.abs(value);
}

/** What the numbers of a piece of text should be, in their order. */
export type Expected = readonly number[];

/** Complaints about a piece of text whose numbers are all known. */
export function compare(text: string, expected: Expected, where: string): string[] {
  const found = numbersOf(text);
  if (found.length !== expected.length) {
    return [`${where}: ${JSON.stringify(text)} has ${found.length} numbers, ${expected.length} are explained`];
  }
  return found.flatMap(({ text: token }, i) =>
    shows(token, expected[i]) ? [] : [`${where}: ${JSON.stringify(text)} shows ${token} for ${expected[i]}`],
  );
}

/** A table of a text: cells by the heads of their columns, blocks of one table apart. */
export interface TextTable {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const RULE = /^-+(?: {2}-+)*$/;

/** Takes a text apart: its tables, and what is between them. */
export function takeApart(text: string): { readonly tables: TextTable[]; readonly prose: string } {
  const lines = text.split('\n');
  const tables: TextTable[] = [];
  const prose: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    if (i + 1 >= lines.length || !RULE.test(lines[i + 1])) {
      prose.push(lines[i]);
      continue;
    }
    const spans = [...lines[i + 1].matchAll(/-+/g)].map(({ index, 0: d }) => [index, index + d.length] as const);
    const cells = (line: string): string[] => spans.map(([a, b]) => line.slice(a, b).trim());
    const heads = cells(lines[i]);
    const rows: string[][] = [];
    for (i += 2; i < lines.length && goesOn(lines, i, spans); i++) rows.push(cells(lines[i]));
    i--;
    tables.push({ heads, rows });
  }
  return { tables, prose: prose.join('\n') };
}

type Spans = readonly (readonly [number, number])[];

/** Whether a table has a row here; one of its first cell alone is one where another row comes after it. */
function goesOn(lines: readonly string[], i: number, spans: Spans): boolean {
  const first = spans[0][1];
  for (let k = i; k < lines.length && lines[k] !== ''; k++) {
    if (isRow(lines[k], spans)) return true;
    if (lines[k].length > first) return false;
  }
  return false;
}

function isRow(line: string, spans: Spans): boolean {
  const end = spans[spans.length - 1][1];
  if (line === '' || line.length > end) return false;
  return (
    spans.length > 1 && line.length > spans[0][1] && spans.slice(1).every(([a]) => line.slice(a - 2, a).trim() === '')
  );
}

/** A sentence with numbers: what the groups of the expression should show. */
export type ProseRule = readonly [pattern: RegExp, expected: (...groups: string[]) => Expected];

/** A sentence in which `#` stands for each number, up to what follows it. */
export function told(pattern: string, ...expected: number[]): ProseRule {
  return [new RegExp(pattern.replaceAll('#', '([+−]?[\\d.,e+-]+?)')), () => expected];
}

/** Complaints about running text. Lines are joined first: they break anywhere. */
export function compareProse(prose: string, rules: readonly ProseRule[], where: string): string[] {
  let left = prose.replace(/\s+/g, ' ');
  const complaints: string[] = [];
  for (const [pattern, expected] of rules) {
    left = left.replace(pattern, (all: string, ...rest: unknown[]) => {
      const groups = rest
        .slice(
          0,
          rest.findIndex((part) => typeof part === 'number'),
        )
        .map(String);
      expected(...groups).forEach((value, i) => {
        if (!shows(groups[i], value))
          complaints.push(`${where}: ${JSON.stringify(all)} shows ${groups[i]} for ${value}`);
      });
      return ' ';
    });
  }
  for (const { text, at } of numbersOf(left)) {
    complaints.push(
      `${where}: nothing explains ${text} in ${JSON.stringify(left.slice(Math.max(0, at - 40), at + 40))}`,
    );
  }
  return complaints;
}

/** A rule for the leaves of a JSON document whose places it names. */
export type LeafRule = readonly [place: RegExp, expected: (...groups: string[]) => number | null | typeof ANYTHING];

/** Complaints about the numbers of a JSON document. @param tolerance relative, of what is computed in another order */
export function compareJson(document: unknown, rules: readonly LeafRule[], tolerance = 1e-9): string[] {
  const complaints: string[] = [];
  const exempted = new Set<LeafRule>();
  const walk = (value: unknown, place: string): void => {
    if (typeof value === 'number') {
      const rule = rules.find(([pattern]) => pattern.test(place));
      const expected = rule?.[1](...(rule[0].exec(place) ?? []).slice(1)) ?? NaN;
      if (rule === undefined) complaints.push(`nothing explains ${value} at ${place}`);
      else if (expected === ANYTHING) exempted.add(rule);
      else {
        const isNear = Math.abs(value - expected) <= tolerance * Math.max(Math.abs(expected), 1e-9);
        if (!isNear) complaints.push(`${place} is ${value}, not ${expected}`);
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inside] of Object.entries(value)) walk(inside, `${place}/${key}`);
    }
  };
  walk(document, '');
  const idle = rules.filter((rule) => rule[1] === exemption && !exempted.has(rule));
  return [...complaints, ...idle.map(([place]) => `nothing is exempted at ${String(place)}`)];
}

/** The same text with the last digit of one number moved by three: it must then be found wrong. */
export function withPlantedError(text: string, { text: token, at }: Token): string {
  const mantissa = /^[+−-]?[\d,]*(?:\.\d+)?/.exec(token)?.[0] ?? token;
  // Zeros at the end of a whole number may be what was rounded away: 1333 W to tens is 1330.
  const significant = mantissa.includes('.') ? mantissa : mantissa.replace(/(?<=[1-9][\d,]*)[0,]+$/, '');
  const place = significant.length - 1;
  const digit = Number(mantissa[place]);
  return text.slice(0, at + place) + String((digit + 3) % 10) + text.slice(at + place + 1);
}

/** What stands at a JSON Pointer. */
export function standsAt(document: unknown, pointer: string): unknown {
  return pointer
    .slice(1)
    .split('/')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);
}
