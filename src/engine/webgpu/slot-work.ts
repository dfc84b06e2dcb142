/**
 * What a slot of a path costs a device, roughly, in slots of the lumped walk, before anything was timed: the words that
 * are drawn, and the memory that is written besides. It need not be right: it keeps a first submission of costly work
 * as short as that of cheap work (pace.ts).
 */
import { SITE_FIELD } from '../../law/site-tables.js';
import type { SiteTables } from '../../law/site-tables.js';
import { COUNT_BITS, countReach } from '../../law/task-tables.js';
import type { TaskTables } from '../../law/task-tables.js';
import type { DeviceWalk } from './walk-buffers.js';

/** Of one reduced row of a path: about a slot's. */
export const ROW_WORK = 1;
/** Of a slot of a future that is written: memory is slower than words are drawn. */
const RING_WORK = 2;
/** What a site's slot does beside drawing: battery, weather, policy. */
const SITE_WORK = 8;
/** What each task that may wait costs besides: it is put into a queue, found there and taken out. */
const QUEUE_WORK = 8;

/** Work of one slot of one path, the busiest of its day. */
export function slotWork({ tables, tasks, site }: DeviceWalk): number {
  if (site !== undefined) return siteWork(site);
  const harvest = tables?.residual === undefined ? 1 : 2;
  if (tasks === undefined) return harvest;
  const { countDraws, countColumns } = tasks.tables;
  const perTask = 1 + (tasks.ringSlots > 0 ? RING_WORK * meanService(tasks.tables) : 0);
  return harvest + countDraws * (1 + countReach(countColumns).mean * perTask);
}

/** Slots in which a task burns energy, on average over its entries. */
function meanService({ profileLength }: TaskTables): number {
  return profileLength.reduce((sum, length) => sum + length, 0) / profileLength.length;
}

function siteWork({ words, serviceRing, queue }: SiteTables): number {
  const [values, at, countsAt, draws] = (['arrivalValues', 'arrivalsAt', 'countsAt', 'countDraws'] as const).map(
    (field) => words[SITE_FIELD[field]],
  );
  // A site whose slots are drawn at once draws a word for all tasks.
  if (draws === 0) return SITE_WORK + 1;
  // Values of a year share a few tables.
  const tables = new Set(words.subarray(at, at + values));
  let busiest = 0;
  for (const table of tables) {
    const from = countsAt + (table << COUNT_BITS);
    busiest = Math.max(busiest, countReach(words.subarray(from, from + 2 ** COUNT_BITS)).mean);
  }
  const perTask = 1 + (serviceRing > 0 ? RING_WORK * serviceRing : 0) + (queue ? QUEUE_WORK : 0);
  return SITE_WORK + draws * (1 + busiest * perTask);
}
