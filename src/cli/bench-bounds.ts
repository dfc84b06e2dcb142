/**
 * What a path-slot of a workload takes, counted from its tables, and the speed that it could have if drawing its words
 * were all there is to do: a bound by draws alone, beside what was measured.
 */
import { cpus } from 'node:os';
import type { Job } from '../engine/job.js';
import { SITE_FIELD } from '../law/site-tables.js';
import type { SiteTables } from '../law/site-tables.js';
import { countReach } from '../law/task-tables.js';
import type { TaskTables } from '../law/task-tables.js';
import type { BenchBound, BenchDocument } from '../report/bench-text.js';
import { CPU_STREAM_STAGE } from './bench-stages.js';
import type { Workload } from './bench-measure.js';

/** Words that a slot draws on average, and slots of profiles that it adds. */
type SlotCost = Pick<BenchBound, 'words' | 'serviceSlots'>;

/** @returns undefined where it cannot be told from the tables: a site that draws its tasks, as its rates want */
function slotCost(job: Job): SlotCost | undefined {
  if (job.kernel === 'site') return undefined;
  if (job.kernel === 'lumpedSite') return { words: lumpedSiteWords(job.tables), serviceSlots: 0 };
  const { tables } = job;
  const increment = tables.residual === undefined ? 1 : 2;
  if (job.kernel !== 'tasks' && job.kernel !== 'proof') return { words: increment, serviceSlots: 0 };
  const { countColumns, countDraws } = job.tables;
  const tasks = countDraws * countReach(countColumns).mean;
  const isServed = job.kernel === 'proof' || job.accounting === 'distributed';
  return {
    words: increment + countDraws + tasks,
    serviceSlots: isServed ? tasks * meanService(job.tables) : 0,
  };
}

/** Words of a slot that is drawn at once: consumption, harvest, residual cells, and a share of weather and blocks. */
function lumpedSiteWords({ mode, residual, words }: SiteTables): number {
  const each = (slots: number): number => (slots > 0 ? 1 / slots : 0);
  const weather = words[SITE_FIELD.weatherDrawn] === 0 ? 0 : each(words[SITE_FIELD.weatherSlots]);
  return 1 + (mode === 'trace' ? 0 : 1) + (residual ? 1 : 0) + weather + each(words[SITE_FIELD.blockSlots]);
}

/** Mean slots of a task's service, by the columns that draw its entry. */
function meanService({ entryBits, entryColumns, profileLength }: TaskTables): number {
  const units = 2 ** (32 - entryBits);
  let mean = 0;
  entryColumns.forEach((packed, column) => {
    const own = packed >>> entryBits;
    const alias = packed & (2 ** entryBits - 1);
    mean += (own * profileLength[column] + (units - own) * profileLength[alias]) / (units * entryColumns.length);
  });
  return mean;
}

/** The bound of each speed whose words can be counted, on backends on which words alone were timed. */
export function boundsOf(
  workloads: readonly Workload[],
  { rates, stages, deviceStages }: Pick<BenchDocument, 'rates' | 'stages' | 'deviceStages'>,
): readonly BenchBound[] {
  const ofThread = stages.find(({ stage }) => stage === CPU_STREAM_STAGE);
  return rates.flatMap(({ backend, workload, median }) => {
    const cost = workloads.flatMap(({ name, prepared }) => (name === workload ? [slotCost(prepared.job)] : [])).at(0);
    const onDevice = deviceStages.find((each) => each.stage === 'stream' && each.backend === backend);
    const wordsPerSecond = backend === 'cpu' ? (ofThread?.median ?? NaN) * cpus().length : (onDevice?.median ?? NaN);
    if (cost === undefined || Number.isNaN(wordsPerSecond)) return [];
    const bound = wordsPerSecond / cost.words;
    return [{ backend, workload, ...cost, pathSlotsPerSecond: bound, reached: median / bound }];
  });
}
