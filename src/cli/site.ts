/** `run`, `validate` and `exact` of a site: what a scenario says beyond the paper's walk (fleet/site.ts). */
import { host } from '#host';
import { openBackend } from '../engine/open-backend.js';
import { prepareSite } from '../engine/simulate.js';
import { InputError } from '../errors.js';
import { siteOf } from '../fleet/site.js';
import { buildTaskTable } from '../fleet/task-table.js';
import { horizonRows } from '../report/documents.js';
import { siteExactDocument, siteRunDocument, siteUnits, siteValidateDocument } from '../report/site-document.js';
import type { FinishedSite } from '../report/site-document.js';
import { siteFiles } from '../report/site-files.js';
import type { ReportedSite } from '../report/site-files.js';
import { siteExactText } from '../report/site-exact-text.js';
import { siteRunText, siteValidateText } from '../report/site-text.js';
import type { Scenario } from '../scenario/scenario.js';
import { restReference, siteReference } from '../stats/site-reference.js';
import type { SiteReference } from '../stats/site-reference.js';
import { summarizeSite } from '../stats/site-summary.js';
import { judgeSite } from '../stats/site-verdict.js';
import type { CommandContext } from './context.js';
import { reportProgress, runHost } from './simulating.js';

/** Simulates, summarises and prints. @returns the exit status: 1 where a path broke a rule */
export async function runSite(context: CommandContext, scenario: Scenario): Promise<number> {
  const startedAt = new Date().toISOString();
  const run = await simulateSite(context, scenario);
  const units = siteUnits(run);
  const summary = summarizeSite(run.partials, units);
  const judgement = judgeSite(run.partials, units, { kind: 'none', reason: 'not asked for' });
  const document = siteRunDocument(run, summary, judgement);
  await save(context, { run, summary, document }, startedAt);
  context.show(document, horizonRows(document), () => siteRunText(run, summary, judgement));
  return judgement.pass ? 0 : 1;
}

/** Simulates, judges by the exact laws of the site's chain, and prints. @returns the exit status: 1 where a verdict failed */
export async function validateSite(context: CommandContext, scenario: Scenario): Promise<number> {
  const startedAt = new Date().toISOString();
  const run = await simulateSite(context, scenario);
  const units = siteUnits(run);
  const summary = summarizeSite(run.partials, units);
  const reference = referenceOf(context, scenario);
  const judgement = judgeSite(run.partials, units, reference);
  const document = siteValidateDocument(run, summary, reference, judgement);
  await save(context, { run, summary, document, reference }, startedAt);
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
  const unanswered = reference.kind === 'exact' && reference.horizons.some(({ missing }) => missing !== undefined);
  return at !== undefined && unanswered ? 3 : 0;
}

/** Writes the files of `--out`, where it is given. */
async function save(context: CommandContext, site: ReportedSite, startedAt: string): Promise<void> {
  if (context.options.out === undefined) return;
  for await (const [name, contents] of siteFiles(site, () => runHost(startedAt))) context.save(name, contents);
}

function referenceOf(context: CommandContext, scenario: Scenario): SiteReference {
  return siteReference(siteOf(scenario, buildTaskTable(scenario)), context.options.horizons);
}

/** Runs the site's kernel. After Ctrl-C what is finished comes back; nothing finished is an error. */
async function simulateSite(context: CommandContext, scenario: Scenario): Promise<FinishedSite> {
  refuse(context, 'until', 'a number of trials: use --trials');
  refuse(context, 'kernel', 'none: a site has a kernel of its own');
  const { trials, horizons, seed, backend: wanted, slots } = context.options;
  if (wanted === 'gpujs') {
    throw new InputError(
      '--backend: got "gpujs" for a site, expected webgpu, cpu or auto: gpujs has the paper’s kernels only',
      '--backend',
    );
  }
  const prepared = prepareSite(scenario, { trials, horizons, seed });
  context.prepareFolder();
  const backend = await openBackend(host, context.options);
  try {
    await backend.ready(prepared.job);
    const start = performance.now();
    const partials = await backend.run(prepared.job, {
      signal: context.signal,
      onProgress: reportProgress(context, 'simulating'),
    });
    const elapsedSeconds = (performance.now() - start) / 1000;
    const { count } = partials.horizons[0];
    if (count === 0) throw new InputError('stopped before any path was finished: nothing to report');
    if (context.signal.aborted) context.remark(`stopped: ${count} paths were finished and are reported`);
    const pathSlotsPerSecond = (count * slots) / elapsedSeconds;
    return {
      ...prepared,
      partials,
      backend: backend.name,
      adapter: backend.adapter,
      elapsedSeconds,
      pathSlotsPerSecond,
    };
  } finally {
    await backend.release();
  }
}

function refuse(context: CommandContext, option: string, expected: string): void {
  const value = context.text(option);
  if (value === undefined) return;
  throw new InputError(`--${option}: got ${JSON.stringify(value)} for a site, expected ${expected}`, option);
}
