/**
 * `validate` for consumption over the service. No exact law is known for it in general, so both accountings walk on the same draws: the lumped walk is
 * judged against its exact law, every path is held to Theorem 1 and Lemma 1 with integers, and the distributed mean is sharpened by the lumped
 * one, whose mean is known (a control variate).
 */
import { host } from '#host';
import type { TasksJob } from '../engine/job.js';
import { openBackend } from '../engine/open-backend.js';
import { splitProof } from '../engine/proof-job.js';
import { prepareProof } from '../engine/simulate.js';
import type { Simulation } from '../engine/simulate.js';
import { InputError } from '../errors.js';
import { buildTaskTable } from '../fleet/task-table.js';
import { distributedDocument, distributedText } from '../report/distributed.js';
import { horizonRows, validateDocument } from '../report/documents.js';
import { judgedHorizons, sampledReferences, walkTheory } from '../report/rungs.js';
import { validationFiles } from '../report/validation-files.js';
import type { Scenario } from '../scenario/scenario.js';
import { FAMILY_ALPHA } from '../stats/family.js';
import { judgeProof } from '../stats/proof.js';
import { summarize } from '../stats/summary.js';
import { judge } from '../stats/verdict.js';
import type { CommandContext } from './context.js';
import { reportProgress, runHost } from './simulating.js';

/** Runs, judges and prints. @returns the exit status: 1 where a verdict failed */
export async function validateDistributed(context: CommandContext, scenario: Scenario): Promise<number> {
  const startedAt = new Date().toISOString();
  if (context.text('until') !== undefined) {
    throw new InputError(
      '--until: got it with accounting "distributed", expected a number of trials: use --trials',
      'until',
    );
  }
  const { trials, horizons, seed } = context.options;
  const prepared = prepareProof(scenario, { trials, horizons, seed });
  context.prepareFolder();
  const backend = await openBackend(host, context.options);
  const start = performance.now();
  const partials = await backend
    .run(prepared.job, { signal: context.signal, onProgress: reportProgress(context, 'simulating') })
    .finally(() => backend.release());
  const elapsedSeconds = (performance.now() - start) / 1000;
  const rows = splitProof(partials);
  const last = rows.lumped[rows.lumped.length - 1];
  if (last.count === 0) throw new InputError('stopped before any path was finished: nothing to report');
  if (context.signal.aborted) context.remark(`stopped: ${last.count} paths were finished and are reported`);

  const { tables, initialQuanta, key, firstPath, paths, horizons: layouts } = prepared.job;
  const job: TasksJob = {
    ...{ kernel: 'tasks', accounting: 'distributed' },
    ...{ tables, initialQuanta, key, firstPath, paths, horizons: layouts },
  };
  const common = {
    ...{ scenario, tasks: buildTaskTable(scenario), walk: prepared.walk, law: prepared.law, seed, job },
    ...{ backend: backend.name, adapter: backend.adapter, elapsedSeconds },
    pathSlotsPerSecond: (last.count * last.slots) / elapsedSeconds,
  };
  const lumped: Simulation = { ...common, partials: { horizons: rows.lumped } };
  const distributed: Simulation = { ...common, partials: { horizons: rows.distributed } };
  const quantum = prepared.law.quantumJoules;
  const theory = walkTheory(prepared.walk, horizons);
  const references = sampledReferences(prepared.law, theory);
  // Half of the family's level for the lumped walk's law, half for what is judged on both.
  const judgement = judge(lumped.partials, quantum, references, { familyAlpha: FAMILY_ALPHA / 2 });
  const proof = judgeProof(partials, prepared.walk, quantum, references, [], FAMILY_ALPHA / 2);
  const summary = summarize(lumped.partials, quantum);
  const judged = judgedHorizons(lumped, theory);
  const companion = validateDocument(lumped, summary, judgement, judged);
  const document = distributedDocument(distributed, summarize(distributed.partials, quantum), companion, proof);
  if (context.options.out !== undefined) {
    const sampled = references.map((reference) => reference.law);
    const validation = { simulation: lumped, summary, judged, document: companion, sampled };
    const files = validationFiles({ ...validation, distributed: { simulation: distributed, document } }, () =>
      runHost(startedAt),
    );
    for await (const [name, contents] of files) context.save(name, contents);
  }
  context.show(document, horizonRows(document), () => distributedText(distributed, document));
  return document.pass ? 0 : 1;
}
