/**
 * Layouts that TypeScript and WGSL share: words of a path's state, structs, numbers with names. Each is written once,
 * here in TypeScript; what a kernel needs of it is generated.
 */

import { largestOf } from '../../numeric/extremes.js';

/** Places of named runs of words, one after the other. */
export interface Layout<Name extends string> {
  /** In all. */
  readonly words: number;
  /** First word of each. */
  readonly at: Readonly<Record<Name, number>>;
}

/** @param lengths words of each, in order */
export function layoutOf<const Lengths extends Readonly<Record<string, number>>>(
  lengths: Lengths,
): Layout<keyof Lengths & string> {
  let words = 0;
  const at: Record<string, number> = {};
  for (const [name, length] of Object.entries(lengths)) {
    at[name] = words;
    words += length;
  }
  return { words, at: at as Record<keyof Lengths & string, number> };
}

/** Declarations such as `const STATE_LEAST: u32 = 5u;`. @param prefix of each name; '' for none */
export function wgslConstants(prefix: string, numbers: Readonly<Record<string, number>>): string {
  return Object.entries(numbers)
    .map(([name, number]) => `const ${upperSnake(prefix === '' ? name : `${prefix}_${name}`)}: u32 = ${number}u;`)
    .join('\n');
}

/** Names in order, by number. */
export function numbered<Name extends string>(names: readonly Name[]): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name, i) => [name, i])) as Record<Name, number>;
}

/** Types of a struct's fields, and their words; each is aligned to these. */
const FIELD_WORDS = { u32: 1, i32: 1, 'vec2<u32>': 2, 'vec4<u32>': 4 } as const;
type FieldType = keyof typeof FIELD_WORDS;

/** A struct of WGSL, and how it is written. */
export interface Struct<Name extends string> {
  /** Words from one to the next in an array. */
  readonly words: number;
  /** Its declaration. */
  readonly code: string;
  /** Writes one: numbers as they are, negative ones as their two's complement. */
  write(words: Int32Array, at: number, values: Readonly<Record<Name, number | ArrayLike<number>>>): void;
}

/** @throws Error where a field would not lie at its alignment */
export function structOf<const Fields extends Readonly<Record<string, FieldType>>>(
  name: string,
  fields: Fields,
): Struct<keyof Fields & string> {
  const entries = Object.entries(fields);
  const { at, words } = layoutOf(Object.fromEntries(entries.map(([field, type]) => [field, FIELD_WORDS[type]])));
  const alignment = largestOf(entries.map(([, type]) => FIELD_WORDS[type]));
  for (const [field, type] of entries) {
    if (at[field] % FIELD_WORDS[type] !== 0) throw new Error(`${name}.${field} lies at word ${at[field]}, not aligned`);
  }
  const lines = entries.map(([field, type]) => `  ${upperSnake(field).toLowerCase()}: ${type},`);
  return {
    words: Math.ceil(words / alignment) * alignment,
    code: `struct ${name} {\n${lines.join('\n')}\n}`,
    write(out, first, values) {
      for (const [field, type] of entries) {
        const value = values[field as keyof Fields & string];
        for (let i = 0; i < FIELD_WORDS[type]; i++) {
          out[first + at[field] + i] = (typeof value === 'number' ? value : value[i]) | 0;
        }
      }
    },
  };
}

/** `leakCarry` and `leak carry` as LEAK_CARRY. */
function upperSnake(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(' ', '_')
    .toUpperCase();
}
