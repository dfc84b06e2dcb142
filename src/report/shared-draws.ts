/** What two scenarios share of their draws, in words. */
import { allIdentical } from '../study/shared-draws.js';
import type { DrawPurpose, SharedDraw, Sharing } from '../study/shared-draws.js';
import { formatNumber } from '../numeric/format.js';

const PURPOSES: Readonly<Record<DrawPurpose, string>> = {
  increments: 'increments',
  arrivals: 'arrivals',
  kinds: 'kinds of task',
  routes: 'routing errors',
  harvest: 'harvest',
  weather: 'weather',
  blocks: 'starts and blocks of the trace',
};

/** How the draws of these purposes are shared: a sentence for each way in which some are. */
export function sharedDrawsText(draws: readonly SharedDraw[], first: string, second: string): string {
  const parts: readonly [Sharing, string][] = [
    ['identical', allIdentical(draws) ? 'All draws are alike on every path' : 'Drawn alike on every path'],
    ['otherLaw', 'From the same words through other laws'],
    ['onlyFirst', `Only in ${first}`],
    ['onlySecond', `Only in ${second}`],
  ];
  return parts
    .map(([sharing, words]): readonly [string, string] => [words, listed(draws, sharing)])
    .filter(([, purposes]) => purposes !== '')
    .map(([words, purposes]) => `${words}: ${purposes}.`)
    .join(' ');
}

/** The same for what is not shared whole, one text a purpose. */
export function uncommonDraws(draws: readonly SharedDraw[], first: string, second: string): string[] {
  return draws
    .filter(({ sharing }) => sharing !== 'identical')
    .map((draw) => sharedDrawsText([draw], first, second).replace(/\.$/, ''));
}

function listed(draws: readonly SharedDraw[], sharing: Sharing): string {
  return draws
    .filter((draw) => draw.sharing === sharing)
    .map(({ purpose }) => PURPOSES[purpose])
    .join(', ');
}

/** What a correlation over paths is worth. */
export function correlationText(correlation: number, varianceReduction: number): string {
  const over = `their correlation over paths is ${formatCorrelation(correlation)}`;
  if (varianceReduction === Infinity) return `${over}, and they differ by the same on every path`;
  if (varianceReduction < LEAST_USE) return `${over}, so that sharing draws saves little or nothing`;
  return `${over}, so that independent runs would need ${formatNumber(varianceReduction, 2)} times as many paths`;
}

/** Below this many times the paths there is nothing to speak of. */
const LEAST_USE = 1.2;

/** Digits that tell a correlation from 1. */
export function formatCorrelation(correlation: number): string {
  const digits = Math.min(6, Math.max(2, 1 - Math.floor(Math.log10(Math.max(1e-6, 1 - Math.abs(correlation))))));
  return correlation.toFixed(digits).replace('-', '−');
}
