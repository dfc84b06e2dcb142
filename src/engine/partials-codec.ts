/**
 * The outward forms of Partials: canonical bytes, their SHA-256, and JSON. Equal partials give equal bytes on every
 * backend and machine. Not a file format for shards: the sweep decides what it stores.
 */
import { sha256Hex } from '../hash.js';
import * as z from 'zod';
import { InputError } from '../errors.js';
import { BIN_COUNT, LOGARITHMIC } from './partials.js';
import type { HorizonPartials, Partials } from './partials.js';

const MAGIC = 0x54505742; // "BWPT" when written little-endian
const VERSION = 1;
const HEADER_BYTES = 16;
const HORIZON_BYTES = 8 + 8 + 8 + 8 + 8 + 16 + 16 + 8 * BIN_COUNT;

/**
 * Canonical bytes, little-endian throughout:
 *
 *     header   u32 "BWPT", u32 version = 1, u32 horizons, u32 bins per horizon
 *     horizon  u64 slots, i64 bin offset, u64 bin shift, u64 count, u64 zeros, u128 ΣD, u128 ΣD², u64 × bins
 *
 * Throws InputError where a number does not fit its field (ΣD² of 2^53 paths of 31 bits fills 115 bits).
 */
export function encodePartials(partials: Partials): Uint8Array {
  const bytes = new Uint8Array(encodedBytes(partials));
  encodeInto(partials, bytes);
  return bytes;
}

function encodedBytes({ horizons }: Partials): number {
  return HEADER_BYTES + HORIZON_BYTES * horizons.length;
}

/** @param bytes all zero, of the length that `encodedBytes` says. */
function encodeInto(partials: Partials, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, 0, bytes.length);
  [MAGIC, VERSION, partials.horizons.length, BIN_COUNT].forEach((word, i) => {
    view.setUint32(4 * i, word, true);
  });
  partials.horizons.forEach((h, i) => {
    const field = `horizons[${i}]`;
    let at = HEADER_BYTES + i * HORIZON_BYTES;
    put64(view, at, h.slots, `${field}.slots`);
    put64(view, (at += 8), h.bins.offset, `${field}.bins.offset`, -Infinity);
    put64(view, (at += 8), h.bins.shift, `${field}.bins.shift`);
    put64(view, (at += 8), h.count, `${field}.count`);
    put64(view, (at += 8), h.zeros, `${field}.zeros`);
    put128(view, (at += 8), h.sum, `${field}.sum`);
    put128(view, (at += 16), h.sumOfSquares, `${field}.sumOfSquares`);
    putHistogram(view, at + 16, h.histogram, `${field}.histogram`);
  });
}

function put64(view: DataView, at: number, value: number, field: string, least = 0): void {
  if (!Number.isSafeInteger(value) || value < least) throw notAnInteger(field, value);
  // Two's complement in two halves: big integers would take ten times as long.
  view.setUint32(at, value, true);
  view.setInt32(at + 4, Math.floor(value / 2 ** 32), true);
}

function put128(view: DataView, at: number, value: bigint, field: string): void {
  if (value < 0n || value >= 1n << 128n) throw notAnInteger(field, value);
  view.setBigUint64(at, BigInt.asUintN(64, value), true);
  view.setBigUint64(at + 8, value >> 64n, true);
}

function putHistogram(view: DataView, at: number, histogram: Float64Array, field: string): void {
  if (histogram.length !== BIN_COUNT) {
    throw new InputError(`The histogram has ${histogram.length} bins; ${BIN_COUNT} were expected.`, field);
  }
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    const paths = histogram[bin];
    // Most bins are empty, and their bytes are.
    if (paths === 0) continue;
    if (!Number.isSafeInteger(paths) || paths < 0) throw notAnInteger(`${field}[${bin}]`, paths);
    view.setUint32(at + 8 * bin, paths, true);
    view.setUint32(at + 8 * bin + 4, paths / 2 ** 32, true);
  }
}

/** SHA-256 of the canonical bytes, 64 hexadecimal digits: `partialsSha256` of the results (contract). */
export function partialsSha256(partials: Partials): string {
  const length = encodedBytes(partials);
  if (length > hashRoom.length) return sha256Hex(encodePartials(partials));
  const bytes = hashRoom.subarray(0, length).fill(0);
  encodeInto(partials, bytes);
  return sha256Hex(bytes);
}

/** Room for the bytes of a horizon or two: a sweep hashes small partials by the thousand. */
const hashRoom = new Uint8Array(HEADER_BYTES + 2 * HORIZON_BYTES);

const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const decimal = z.string().regex(/^\d{1,39}$/, 'expected a non-negative integer written in decimal digits');
const schema: z.ZodType<PartialsJson> = z.strictObject({
  partialsVersion: z.literal(VERSION),
  horizons: z.array(
    z.strictObject({
      slots: count.positive(),
      bins: z.strictObject({ offset: z.number().int(), shift: z.number().int().min(0).max(LOGARITHMIC) }),
      count,
      zeros: count,
      sum: decimal,
      sumOfSquares: decimal,
      histogram: z.strictObject({ first: count, counts: z.array(count).max(BIN_COUNT) }),
    }),
  ),
});

/** Partials as plain JSON data: big integers as decimal strings, the histogram from its first to its last filled bin.
 *  Written out, since what is inferred from the schema would make zod part of the package's types. */
export interface PartialsJson {
  partialsVersion: typeof VERSION;
  horizons: {
    slots: number;
    bins: { offset: number; shift: number };
    count: number;
    zeros: number;
    sum: string;
    sumOfSquares: string;
    histogram: { first: number; counts: number[] };
  }[];
}

/** The JSON form; `partialsFromJson` takes it back without loss. */
export function partialsToJson(partials: Partials): PartialsJson {
  return {
    partialsVersion: VERSION,
    horizons: partials.horizons.map((h) => {
      let end = h.histogram.length;
      while (end > 0 && h.histogram[end - 1] === 0) end--;
      let first = 0;
      while (first < end && h.histogram[first] === 0) first++;
      return {
        slots: h.slots,
        bins: { offset: h.bins.offset, shift: h.bins.shift },
        count: h.count,
        zeros: h.zeros,
        sum: h.sum.toString(),
        sumOfSquares: h.sumOfSquares.toString(),
        histogram: { first, counts: listOf(h.histogram, first, end) },
      };
    }),
  };
}

/** Entries `first` to `end` − 1; an iterator would take ten times as long. */
function listOf(values: Float64Array, first: number, end: number): number[] {
  const list = new Array<number>(Math.max(0, end - first));
  for (let i = first; i < end; i++) list[i - first] = values[i];
  return list;
}

/**
 * Takes back what `partialsToJson` gave. Throws InputError with the path of what is wrong, or where counts do not add
 * up.
 */
export function partialsFromJson(json: unknown): Partials {
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue.path.reduce<string>(
      (path, key) =>
        typeof key === 'number' ? `${path}[${key}]` : path === '' ? String(key) : `${path}.${String(key)}`,
      '',
    );
    throw new InputError(
      `These are not partials: ${field === '' ? 'the document' : field}: ${issue.message}. ` +
        'Expected what partialsToJson wrote, unchanged.',
      field,
      { cause: parsed.error },
    );
  }
  return {
    horizons: parsed.data.horizons.map((h, i): HorizonPartials => {
      const { first, counts } = h.histogram;
      const total = counts.reduce((sum, paths) => sum + paths, h.zeros);
      if (first + counts.length > BIN_COUNT || total !== h.count) {
        throw new InputError(
          `The partials at ${h.slots} slots do not add up: ${h.zeros} zeros and the bins from ${first} make ${total} paths ` +
            `in ${first + counts.length} bins, but ${h.count} paths in at most ${BIN_COUNT} bins were expected. ` +
            'The file is damaged or edited: write it anew.',
          `horizons[${i}].histogram`,
        );
      }
      const histogram = new Float64Array(BIN_COUNT);
      histogram.set(counts, first);
      return { ...h, sum: BigInt(h.sum), sumOfSquares: BigInt(h.sumOfSquares), histogram };
    }),
  };
}

function notAnInteger(field: string, value: number | bigint): InputError {
  return new InputError(
    `${field} is ${String(value)}; partials hold non-negative integers of at most 2^53 (sums: 2^128). ` +
      'The backend that made them is at fault, or the run is beyond its plan.',
    field,
  );
}
