/**
 * What a path draws for. Each purpose has a stream of its own, so that what changes one of them, in number or in law,
 * leaves the words of every other as they were: two scenarios of one seed share the arrivals of a path whatever their
 * harvests, weather, batteries and policies.
 */

/**
 * The purposes, numbered: the third word of the counter that starts a stream (stream.ts). Numbers are never used anew.
 */
export const PURPOSE = {
  /** Net increments H − C of the lumped walk. */
  increments: 0,
  /** Residual cells, a word a slot, of whatever table has them. */
  residual: 1,
  /** How many tasks arrive in a slot. */
  arrivals: 2,
  /** The kind of each task: its type, its model, its routing error. */
  kinds: 3,
  /** Harvests. */
  harvest: 4,
  /** Changes of the weather. */
  weather: 5,
  /** Where a bootstrap's blocks begin, but the first. */
  blocks: 6,
  /** What a path begins with: four words, taken as they are (START_WORD). */
  starts: 7,
} as const;
export type Purpose = (typeof PURPOSE)[keyof typeof PURPOSE];

/** What each of the four words of `starts` is for. */
export const START_WORD = {
  /** The fraction of a quantum with which the sum of consumptions begins (law/task-tables.ts). */
  fraction: 0,
  /** Where the path's trace, or its first block, begins. */
  place: 1,
  /** The weather of slot 0. */
  weather: 2,
  /** The normal variable before slot 0, where slots are correlated. */
  normal: 3,
} as const;
