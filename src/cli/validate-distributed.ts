/**
 * `validate` for consumption over the service. No exact law is known for it in general, so both accountings walk on the same draws: the lumped walk is
 * judged against its exact law, every path is held to Theorem 1 and Lemma 1 with integers, and the distributed mean is sharpened by the lumped
 * one, whose mean is known (a control variate).
 */
import { resolveScenario } from '../fleet/resolve.js';
import type { TasksJob } from '../engine/job.js';
import { splitProof } from '../engine/proof-job.js';
import { describeBackend } from '../study/simulation.js';
import { prepareProof } from '../study/plan.js';
import type { Simulation } from '../study/simulation.js';
import { InputError } from '../errors.js';
import { distributedDocument, distributedText } from '../report/distributed.js';
import { horizonRows, validateDocument } from '../report/documents.js';
import { runInputs, tablesSha256 } from '../report/manifest.js';
import { judgedHorizons, sampledReferences, walkTheory } from '../study/theory.js';
import { validationFiles } from '../report/validation-files.js';
import type { Scenario } from '../scenario/scenario.js';
import { FAMILY_ALPHA } from '../stats/family.js';
import { judgeProof } from '../stats/proof.js';
import { summarize } from '../stats/summary.js';
import { judge } from '../stats/verdict.js';
import type { CommandContext } from './context.js';
import { EXACT_BESIDE, isDryRun, printEstimate } from './estimate.js';
import { KeptRun } from './kept-run.js';
import { openAsked, runJob, tellStop } from './running.js';
import { offerRun, runHost, saveFiles } from './simulating.js';

/** Runs, judges and prints. @returns the exit status: 1 where a verdict failed */
export async function validateDistributed(context: CommandContext, scenario: Scenario): Promise<number> {
  const startedAt = new Date().toISOString();
  if (context.text('until') !== undefined) {
    throw new InputError(
      '--until: got it with accounting "distributed", expected a number of trials: use --trials',
      '--until',
    );
  }
  const { trials, horizons, seed, out } = context.options;
  context.stage('sampling the law');
  const prepared = prepareProof(resolveScenario(scenario), { trials, horizons, seed });
  const inputs = runInputs(prepared, tablesSha256(prepared.law.tables, prepared.law.initialQuanta));
  const kept = out === undefined ? undefined : new KeptRun(context, out, inputs, prepared.job, 'proof-partials.json');
  if (isDryRun(context)) {
    await printEstimate(context, prepared, kept, EXACT_BESIDE);
    return 0;
  }
  context.prepareFolder();
  const backend = await openAsked(context);
  const walked = await runJob(context, backend, prepared.job, {
    ...{ label: 'simulating', kept, before: kept?.before },
  }).finally(() => backend.release());
  tellStop(context, walked);
  const { partials, elapsedSeconds } = walked;
  const rows = splitProof(partials);
  const last = rows.lumped[rows.lumped.length - 1];

  const { tables, initialQuanta, key, firstPath, paths, horizons: layouts } = prepared.job;
  const job: TasksJob = {
    ...{ kernel: 'tasks', accounting: 'distributed' },
    ...{ tables, initialQuanta, key, firstPath, paths, horizons: layouts },
  };
  const common = {
    ...{ scenario, resolved: prepared.resolved, walk: prepared.walk, law: prepared.law, seed, job },
    ...(await describeBackend(backend)),
    elapsedSeconds,
    pathSlotsPerSecond: (last.count * last.slots) / elapsedSeconds,
  };
  const lumped: Simulation = { ...common, partials: { horizons: rows.lumped } };
  const distributed: Simulation = { ...common, partials: { horizons: rows.distributed } };
  const quantum = prepared.law.quantumJoules;
  offerRun(context, distributed);
  context.stage('exact laws');
  const theory = walkTheory(prepared.walk, horizons);
  const references = sampledReferences(prepared.law, theory);
  // Half of the family's level for the lumped walk's law, half for what is judged on both.
  const judgement = judge(lumped.partials, quantum, references, { familyAlpha: FAMILY_ALPHA / 2 });
  const proof = judgeProof(partials, prepared.walk, quantum, references, [], FAMILY_ALPHA / 2);
  const summary = summarize(lumped.partials, quantum);
  const judged = judgedHorizons(lumped, theory);
  const companion = validateDocument(lumped, summary, judgement, judged);
  const document = distributedDocument(distributed, summarize(distributed.partials, quantum), companion, proof);
  await saveFiles(context, kept, () => {
    const sampled = references.map((reference) => reference.law);
    const validation = { simulation: lumped, summary, judged, document: companion, sampled };
    const both = { simulation: distributed, document, proof: partials };
    return validationFiles({ ...validation, distributed: both }, () => runHost(startedAt));
  });
  context.show(document, horizonRows(document), () => distributedText(distributed, document));
  return document.pass ? 0 : 1;
}
