/** Suggestions for mistyped names. Not a search: it only compares spellings. */
import { distance } from 'fastest-levenshtein';

/** Longer words are nobody's slip: a distance takes a time that grows with their length. */
const MOST_COMPARED = 100;

/** A word of so many letters within a name counts as so many edits. */
const LEAST_PART = 4;
const EDITS_OF_PART = 2;

/** The candidate spelt most like `word` (Levenshtein distance, letter case ignored); undefined without any. */
export function nearestOf(word: string, candidates: readonly string[]): string | undefined {
  const start = word.slice(0, MOST_COMPARED).toLowerCase();
  let best: string | undefined;
  let least = Infinity;
  for (const candidate of candidates) {
    const whole = candidate.toLowerCase();
    // What is a part of a name is most often its short form: energy for energyJoules.
    const isPart = start.length >= LEAST_PART && whole.includes(start);
    const edits = Math.min(distance(start, whole), isPart ? EDITS_OF_PART : Infinity);
    if (edits < least) {
      least = edits;
      best = candidate;
    }
  }
  return best;
}

/** The nearest candidate if it could be a slip of the keyboard (at most two edits in five letters), else undefined. */
export function likelyMeant(word: string, candidates: readonly string[]): string | undefined {
  const best = nearestOf(word, candidates);
  if (best === undefined || word.length > MOST_COMPARED) return undefined;
  const allowed = Math.max(1, Math.floor(0.4 * Math.max(word.length, best.length)));
  return distance(word.toLowerCase(), best.toLowerCase()) <= allowed ? best : undefined;
}
