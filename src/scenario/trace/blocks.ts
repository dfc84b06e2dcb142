/**
 * The plan of a block bootstrap of a trace: the run is put together from blocks of the trace, each starting at a random
 * aligned place, so that noon stays noon and what comes within a block stays together (moving blocks, Künsch 1989).
 */
import { InputError } from '../../errors.js';
import { wholeRatio } from '../../numeric/whole.js';
import type { SlotTrace } from './slots.js';

export interface BlockPlan {
  /** Slots of one block. */
  readonly blockSlots: number;
  /** Values of one block: blockSlots / slotsPerValue. */
  readonly blockValues: number;
  /** A block starts at a value whose index is a multiple of this. */
  readonly alignValues: number;
  /** How many starts there are: 0, alignValues, …, (starts − 1) · alignValues; the last block ends within the trace. */
  readonly starts: number;
}

const FIELD = 'harvest.trace';

function valuesOf(key: string, seconds: number, step: number): number {
  const whole = wholeRatio(seconds / step);
  if (whole !== undefined) return whole;
  throw new InputError(
    `${FIELD}.${key}: got ${seconds} with values of ${step} s, expected a whole multiple of ${step}`,
    `${FIELD}.${key}`,
  );
}

/**
 * Plans the blocks of a trace that `traceSlots` has resampled.
 *
 * @throws {InputError} where block or alignment are no whole multiples of a value's time (of a slot where slots are
 *   longer), the block not of the alignment, or where the trace leaves fewer than two starts.
 */
export function planBlocks(
  trace: SlotTrace,
  slotSeconds: number,
  play: { readonly blockSeconds: number; readonly alignSeconds: number },
): BlockPlan {
  const { blockSeconds, alignSeconds } = play;
  const step = trace.slotsPerValue * slotSeconds;
  const blockValues = valuesOf('blockSeconds', blockSeconds, step);
  const alignValues = valuesOf('alignSeconds', alignSeconds, step);
  if (blockValues % alignValues !== 0) {
    throw new InputError(
      `${FIELD}.blockSeconds: got ${blockSeconds} with alignSeconds ${alignSeconds}, ` +
        `expected a whole multiple of alignSeconds, so that every block starts at its hour`,
      `${FIELD}.blockSeconds`,
    );
  }
  const values = trace.joulesPerValue.length;
  const starts = Math.floor((values - blockValues) / alignValues) + 1;
  if (starts < 2) {
    throw new InputError(
      `${FIELD}.blockSeconds: got ${blockSeconds} with a trace of ${values * step} s, ` +
        `expected at most ${Math.max(0, Math.floor(values / alignValues) - 1) * alignValues * step}, ` +
        'so that there are blocks to choose from; or give "play": "loop"',
      `${FIELD}.blockSeconds`,
    );
  }
  return { blockSlots: blockValues * trace.slotsPerValue, blockValues, alignValues, starts };
}

/** Where a trace that is looped may begin, of those one is drawn. */
export type StartPlan = Pick<BlockPlan, 'alignValues' | 'starts'>;

/**
 * Plans the random start of a trace that is looped.
 *
 * @throws {InputError} where the alignment is no whole multiple of a value's time, or leaves fewer than two starts.
 */
export function planStarts(trace: SlotTrace, slotSeconds: number, alignSeconds: number): StartPlan {
  const step = trace.slotsPerValue * slotSeconds;
  const alignValues = valuesOf('alignSeconds', alignSeconds, step);
  const values = trace.joulesPerValue.length;
  const starts = Math.floor(values / alignValues);
  if (starts < 2) {
    throw new InputError(
      `${FIELD}.alignSeconds: got ${alignSeconds} with a trace of ${values * step} s and a random start, ` +
        `expected at most ${Math.floor(values / 2) * step}, so that there are starts to choose from; ` +
        'or leave "start" out',
      `${FIELD}.alignSeconds`,
    );
  }
  return { alignValues, starts };
}
