/** `run`, `validate` and `exact` of a site: what a scenario says beyond the paper's walk (fleet/site.ts). */
import { resolveScenario } from '../fleet/resolve.js';
import { describeBackend } from '../study/simulation.js';
import { prepareSite } from '../study/plan.js';
import { InputError } from '../errors.js';
import { horizonRows } from '../report/documents.js';
import { runInputs, siteTablesSha256 } from '../report/manifest.js';
import { siteExactDocument, siteRunDocument, siteUnits, siteValidateDocument } from '../report/site-document.js';
import type { FinishedSite } from '../report/site-document.js';
import { siteFiles } from '../report/site-files.js';
import { siteExactText } from '../report/site-exact-text.js';
import { siteRunText, siteValidateText } from '../report/site-text.js';
import { formatCount } from '../report/table.js';
import type { Scenario } from '../scenario/scenario.js';
import { restReference, siteReference } from '../stats/site-reference.js';
import type { SiteReference } from '../stats/site-reference.js';
import { summarizeSite } from '../stats/site-summary.js';
import { judgeSite } from '../stats/site-verdict.js';
import type { CommandContext } from './context.js';
import { EXACT_BESIDE, isDryRun, printEstimate } from './estimate.js';
import { KeptRun } from './kept-run.js';
import { countOf, openAsked, runJob, tellStop } from './running.js';
import { runHost, saveFiles } from './simulating.js';

/** Simulates, summarises and prints. @returns the exit status: 1 where a path broke a rule */
export async function runSite(context: CommandContext, scenario: Scenario): Promise<number> {
  const startedAt = new Date().toISOString();
  const simulated = await simulateSite(context, scenario, '');
  if (simulated === undefined) return 0;
  const { run, kept } = simulated;
  const { summary, judgement, document, text } = simulatedOnly(run);
  await saveFiles(context, kept, () => siteFiles({ run, summary, document }, () => runHost(startedAt)));
  context.show(document, horizonRows(document), () => text);
  return judgement.pass ? 0 : 1;
}

/** Simulates, judges by the exact laws of the site's chain, and prints. @returns the exit status: 1 where a verdict failed */
export async function validateSite(context: CommandContext, scenario: Scenario): Promise<number> {
  const startedAt = new Date().toISOString();
  const simulated = await simulateSite(context, scenario, EXACT_BESIDE);
  if (simulated === undefined) return 0;
  const { run, kept } = simulated;
  const units = siteUnits(run);
  const summary = summarizeSite(run.partials, units);
  const { count } = run.partials.horizons[0];
  context.offer(
    `stopped before the exact laws were known: ${formatCount(count)} paths were finished and are reported, not judged`,
    () => simulatedOnly(run),
  );
  const reference = referenceOf(context, scenario);
  const judgement = judgeSite(run.partials, units, reference);
  const document = siteValidateDocument(run, summary, reference, judgement);
  await saveFiles(context, kept, () => siteFiles({ run, summary, document, reference }, () => runHost(startedAt)));
  context.show(document, horizonRows(document), () => siteValidateText(run, summary, reference, judgement));
  return judgement.pass ? 0 : 1;
}

/**
 * Prints the exact laws of the site's chain; no simulation.
 * @returns the exit status: 3 where values that `--at` asks for are missing
 */
export function exactSite(context: CommandContext, scenario: Scenario, at: readonly number[] | undefined): number {
  const reference = referenceOf(context, scenario);
  const rest = reference.kind === 'exact' ? restReference(reference) : undefined;
  const document = siteExactDocument(scenario, reference, rest, at);
  context.save('exact.json', `${JSON.stringify(document, null, 2)}\n`);
  context.show(document, horizonRows(document), () => siteExactText(scenario, reference, rest, at ?? []));
  const unanswered =
    reference.kind === 'exact' &&
    [...reference.horizons, ...(reference.missing ?? [])].some(({ missing }) => missing !== undefined);
  return at !== undefined && unanswered ? 3 : 0;
}

/** What is said of a run without its exact laws. */
function simulatedOnly(run: FinishedSite) {
  const units = siteUnits(run);
  const summary = summarizeSite(run.partials, units);
  const judgement = judgeSite(run.partials, units, { kind: 'none', reason: 'not asked for' });
  const document = siteRunDocument(run, summary, judgement);
  return { summary, judgement, document, rows: horizonRows(document), text: siteRunText(run, summary, judgement) };
}

function referenceOf(context: CommandContext, scenario: Scenario): SiteReference {
  context.stage('exact laws');
  return siteReference(resolveScenario(scenario).site, context.options.horizons);
}

interface SimulatedSite {
  readonly run: FinishedSite;
  readonly kept: KeptRun | undefined;
}

/**
 * Runs the site's kernel. After Ctrl-C what is finished comes back; nothing finished is an error.
 * @param unmeasured what an estimate of its time leaves out
 * @returns nothing where only that was asked for
 */
async function simulateSite(
  context: CommandContext,
  scenario: Scenario,
  unmeasured: string,
): Promise<SimulatedSite | undefined> {
  refuse(context, 'until', 'a number of trials: use --trials');
  refuse(context, 'kernel', 'none: a site has a kernel of its own');
  const { trials, horizons, seed, backend: wanted, slots, out } = context.options;
  if (wanted === 'gpujs') {
    throw new InputError(
      '--backend: got "gpujs" for a site, expected webgpu, cpu or auto: gpujs has the paper’s kernels only',
      '--backend',
    );
  }
  context.stage('sampling the law');
  const prepared = prepareSite(resolveScenario(scenario), { trials, horizons, seed });
  const { law, job } = prepared;
  const inputs = runInputs(prepared, siteTablesSha256(law.tables, law.initialQuanta));
  const kept = out === undefined ? undefined : new KeptRun(context, out, inputs, job);
  if (isDryRun(context)) {
    await printEstimate(context, prepared, kept, unmeasured);
    return undefined;
  }
  context.prepareFolder();
  const backend = await openAsked(context);
  try {
    const walked = await runJob(context, backend, job, { label: 'simulating', kept, before: kept?.before });
    tellStop(context, walked);
    const { partials, elapsedSeconds } = walked;
    const pathSlotsPerSecond = (countOf(walked) * slots) / elapsedSeconds;
    const made = await describeBackend(backend);
    return { run: { ...prepared, partials, ...made, elapsedSeconds, pathSlotsPerSecond }, kept };
  } finally {
    await backend.release();
  }
}

function refuse(context: CommandContext, option: string, expected: string): void {
  const value = context.text(option);
  if (value === undefined) return;
  throw new InputError(`--${option}: got ${JSON.stringify(value)} for a site, expected ${expected}`, option);
}
