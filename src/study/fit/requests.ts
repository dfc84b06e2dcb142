/**
 * Parts of a scenario from a file of requests: `arrivals` and `tasks`, how well they fit, and whether independent slots
 * do here (the paper's Remark 1).
 */
import { InputError } from '../../errors.js';
import type { Profile } from '../../scenario/scenario.js';
import type { Requests } from '../../scenario/trace/requests.js';
import { dispersionOf, FEWEST_WINDOWS, sampleMoments, windowSums, windowsWithin } from './counts.js';
import { fitLoadStates, loadDispersion, type LoadStates } from './load-states.js';
import {
  blockSlots,
  independentSlots,
  modelReserve,
  modulatedSlots,
  type ModelReserve,
  type ReserveQuestion,
} from './models.js';
import { dayProfile, expectedCounts, meanRate, type DayProfile } from './profile.js';
import { binMoments, tokenBins, type TokenBin } from './token-bins.js';

export interface RequestsFitOptions {
  /** Δ of the scenario. */
  readonly slotSeconds: number;
  /** What a generated token takes. */
  readonly joulesPerToken: number;
  /** Kinds of task. */
  readonly bins: number;
  readonly risk: number;
  readonly seed: string;
}

/** The curve of dispersion at one window. */
export interface FittedWindow {
  readonly seconds: number;
  readonly windows: number;
  /** Variance over mean of the file's counts. */
  readonly measured: number;
  /** The same about what the profile expects of each window. */
  readonly unpredicted: number;
  /** Of `arrivals`. */
  readonly fitted: number;
  /** Of two states of load; null where none were fitted. */
  readonly modulated: number | null;
}

/** What is fitted to a file of requests. Joules. */
export interface RequestsFit {
  readonly slotSeconds: number;
  readonly arrivals: {
    readonly ratePerSlot: number;
    readonly dispersion?: number;
    readonly profile?: Profile;
  };
  readonly tasks: readonly { readonly name: string; readonly weight: number; readonly energyJoules: number }[];
  readonly fit: {
    readonly file: string;
    readonly format: string;
    readonly start: string;
    readonly seconds: number;
    readonly requests: number;
    readonly windows: readonly FittedWindow[];
    /** Of the kinds of task, and of the file. */
    readonly meanTokens: number;
    readonly varianceTokens: number;
    readonly measuredMeanTokens: number;
    readonly measuredVarianceTokens: number;
    readonly joulesPerToken: number;
    /** Variance over mean of a slot's count, about what the profile expects; at least 1. */
    readonly dispersion: number;
    readonly load: LoadStates | null;
    readonly remark1: Remark1;
  };
}

/** Reserves under four models of the same file. */
export interface Remark1 {
  readonly risk: number;
  readonly slots: number;
  readonly paths: number;
  readonly blockSlots: number;
  readonly models: readonly ModelReserve[];
  /** Whether independent slots ask for what the file's own blocks ask for, as far as the intervals tell. */
  readonly holds: boolean;
}

/** Slots and tasks that the four reserves may take: about two seconds. */
const MOST_STEPS = 2e7;
const MOST_PATHS = 2000;
const LEAST_PATHS = 200;
/** Longest horizon of a reserve, seconds. */
const LONGEST = 86_400;
/** A block is to be as long as a load is remembered, so many times. */
const BLOCK_MEMORIES = 5;
const LEAST_BLOCK_SECONDS = 60;
/** Blocks that a file is to have at least. */
const FEWEST_BLOCKS = 6;

/** Variance over mean about what is expected; `parameters` is what the expectation took from the same data. */
function dispersionAbout(counts: Float64Array, expected: Float64Array, parameters: number): number {
  let squares = 0;
  let sum = 0;
  counts.forEach((count, i) => {
    squares += (count - expected[i]) ** 2;
    sum += expected[i];
  });
  const n = counts.length;
  return ((squares / Math.max(1, n - parameters)) * n) / sum;
}

/** Third central moment of counts in windows of so many slots, about what is expected. */
function thirdMoment(requests: Requests, profile: DayProfile | undefined, window: number): number {
  const counts = windowSums(requests, window);
  const expected = expectedCounts(requests, profile, window);
  return counts.reduce((sum, count, i) => sum + (count - expected[i]) ** 3, 0) / counts.length;
}

/** The profile as a scenario has it: slot 0 is midnight of the file's clock, or its start where it has none. */
function profilePart(profile: DayProfile, slotSeconds: number): Profile {
  const slotsPerValue = 3600 / slotSeconds;
  if (!Number.isInteger(slotsPerValue)) {
    throw new InputError(
      `--slot-seconds: got ${slotSeconds}, expected a part of an hour, for the file has a profile by the hour`,
      '--slot-seconds',
    );
  }
  return { values: profile.factors, slotsPerValue };
}

/** The curve at the windows that the file has enough of. */
function curveOf(requests: Requests, profile: DayProfile | undefined, seconds: readonly number[]) {
  return seconds.map((window) => {
    const counts = windowSums(requests, window);
    const expected = expectedCounts(requests, profile, window);
    const { mean } = sampleMoments(counts);
    const predicted = profile === undefined ? 0 : sampleMoments(expected).variance / mean;
    const parameters = profile === undefined ? 1 : 24;
    const unpredicted = dispersionAbout(counts, expected, parameters);
    return { seconds: window, windows: counts.length, measured: dispersionOf(counts), unpredicted, predicted };
  });
}

/** Fits. @throws {InputError} where the file is too short for the slot */
export function fitRequests(requests: Requests, options: RequestsFitOptions): RequestsFit {
  const { slotSeconds, joulesPerToken } = options;
  const seconds = windowsWithin(requests.span, slotSeconds);
  if (seconds.length === 0) {
    const most = requests.span / FEWEST_WINDOWS;
    throw new InputError(
      `${requests.name}: got ${requests.seconds.length} requests in ${requests.span} s, expected ${FEWEST_WINDOWS} slots or more: ` +
        `a longer file, or --slot-seconds of at most ${Number(most.toPrecision(3))}`,
      requests.name,
    );
  }
  const profile = dayProfile(requests);
  const ratePerSlot = meanRate(requests, profile) * slotSeconds;
  const curve = curveOf(requests, profile, seconds);
  // Counts more even than Poisson's are none of the model's.
  const dispersion = Math.max(1, curve[0].unpredicted);
  const load = fitLoadStates(
    curve.map((point) => ({ slots: point.seconds / slotSeconds, dispersion: point.unpredicted })),
    ratePerSlot,
    (slots) => thirdMoment(requests, profile, slots * slotSeconds),
  );
  const bins = tokenBins(requests.tokens, options.bins);
  const own = binMoments(bins);
  const file = sampleMoments(requests.tokens);
  return {
    slotSeconds,
    arrivals: {
      ratePerSlot,
      // A profile makes a site, which takes no dispersion.
      ...(profile === undefined
        ? dispersion > 1
          ? { dispersion }
          : {}
        : { profile: profilePart(profile, slotSeconds) }),
    },
    tasks: bins.map(({ tokens, weight, from, to }) => ({
      name: from === to ? `${from} tokens` : `${from}–${to} tokens`,
      weight,
      energyJoules: tokens * joulesPerToken,
    })),
    fit: {
      file: requests.name,
      format: requests.format,
      start: requests.start,
      seconds: requests.span,
      requests: requests.seconds.length,
      windows: curve.map(({ predicted, ...point }) => ({
        ...point,
        fitted: (profile === undefined ? dispersion : 1) + predicted,
        modulated:
          load === undefined ? null : loadDispersion(load, ratePerSlot, point.seconds / slotSeconds) + predicted,
      })),
      ...{ meanTokens: own.mean, varianceTokens: own.variance },
      ...{ measuredMeanTokens: file.mean, measuredVarianceTokens: file.variance, joulesPerToken },
      dispersion,
      load: load ?? null,
      remark1: remark1(requests, profile, { ratePerSlot, dispersion, load, bins }, options),
    },
  };
}

interface Fitted {
  readonly ratePerSlot: number;
  readonly dispersion: number;
  readonly load: LoadStates | undefined;
  readonly bins: readonly TokenBin[];
}

/** Tokens of every slot of the file, over the profile's factor there; slots without any by the profile are left out. */
function slotTokens(requests: Requests, profile: DayProfile | undefined, slotSeconds: number, rate: number) {
  const tokens = windowSums(requests, slotSeconds, requests.tokens);
  if (profile === undefined) return tokens;
  const expected = expectedCounts(requests, profile, slotSeconds);
  return tokens.map((x, i) => (expected[i] > 0 ? (x * rate) / expected[i] : 0)).filter((_, i) => expected[i] > 0);
}

/** Normal quantile of a 95 % interval. */
const NORMAL = 1.96;

/**
 * The file is one of many that could have come: the variance over a long time that blocks show has a relative variance
 * of 4/3 of the share that a block is of the file (Künsch 1989), and a reserve goes as its root.
 */
function widened({ interval, ...found }: ModelReserve, share: number): ModelReserve {
  const factor = Math.exp(NORMAL * Math.sqrt(share / 3));
  return { ...found, interval: { lower: interval.lower / factor, upper: interval.upper * factor } };
}

/** The four reserves, in joules, after the predictable part is taken out. */
function remark1(
  requests: Requests,
  profile: DayProfile | undefined,
  { ratePerSlot, dispersion, load, bins }: Fitted,
  { slotSeconds, joulesPerToken, risk, seed }: RequestsFitOptions,
): Remark1 {
  const own = slotTokens(requests, profile, slotSeconds, ratePerSlot);
  const slots = Math.min(own.length, Math.max(FEWEST_WINDOWS, Math.floor(LONGEST / slotSeconds)));
  const memory = load === undefined ? 1 : -1 / Math.log(load.correlation);
  const wanted = Math.max(LEAST_BLOCK_SECONDS / slotSeconds, BLOCK_MEMORIES * memory);
  const length = Math.max(1, Math.min(Math.round(wanted), Math.floor(own.length / FEWEST_BLOCKS)));
  const steps = slots * (1 + 2 * ratePerSlot);
  const least = Math.max(LEAST_PATHS, Math.ceil(20 / risk));
  const paths = Math.max(least, Math.min(MOST_PATHS, Math.floor(MOST_STEPS / steps)));
  const question: ReserveQuestion = { slots, paths, risk, seed };
  const mean = ratePerSlot * binMoments(bins).mean;
  const ring = sampleMoments(own).mean;
  const models = [
    modelReserve('poisson', independentSlots(ratePerSlot, 1, bins), mean, question),
    modelReserve('dispersed', independentSlots(ratePerSlot, dispersion, bins), mean, question),
    ...(load === undefined ? [] : [modelReserve('modulated', modulatedSlots(ratePerSlot, load, bins), mean, question)]),
    widened(modelReserve('bootstrap', blockSlots(own, length), ring, question), length / own.length),
  ];
  const independent = models[1].interval;
  const measured = models[models.length - 1].interval;
  return {
    ...{ risk, slots, paths, blockSlots: length },
    models: models.map(({ model, reserve, interval }) => ({
      model,
      reserve: reserve * joulesPerToken,
      interval: { lower: interval.lower * joulesPerToken, upper: interval.upper * joulesPerToken },
    })),
    holds: independent.lower <= measured.upper && measured.lower <= independent.upper,
  };
}
