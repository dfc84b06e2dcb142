/** The worker that knows the truth: laws of every horizon, the cheap ones first, while the run goes on beside it; then the verdicts and the report. */
import { resolveScenario } from '../fleet/resolve.js';
import { workerScope } from '#worker-scope';
import { prepareRun, prepareSite } from '../study/plan.js';
import type { PreparedRun, PreparedSite } from '../study/plan.js';
import type { Simulation } from '../study/simulation.js';
import { volatility } from '../fleet/walk-law.js';
import { horizonCurves } from '../report/curves.js';
import { validateDocument } from '../report/documents.js';
import { hashedInputs } from '../report/manifest.js';
import { chargedTheory, judgedHorizons, sampledReferences, walkTheory } from '../study/theory.js';
import type { WalkTheory } from '../study/theory.js';
import { siteUnits, siteValidateDocument } from '../report/site-document.js';
import { siteDistributions, siteHashedInputs } from '../report/site-files.js';
import { parseScenario } from '../scenario/parse.js';
import { binEdges } from '../stats/binned.js';
import { lawOnBins } from '../stats/law-on-bins.js';
import { siteReference } from '../stats/site-reference.js';
import type { SiteReference } from '../stats/site-reference.js';
import { summarizeSite } from '../stats/site-summary.js';
import { judgeSite } from '../stats/site-verdict.js';
import { summarize } from '../stats/summary.js';
import { judge } from '../stats/verdict.js';
import type { ExactReference } from '../stats/verdict.js';
import { brownianLaw } from '../theory/brownian.js';
import { chargedLaw } from '../theory/charged.js';
import { compoundIncrement } from '../theory/compound-increment.js';
import { correctedLaw, walkConstants } from '../theory/corrected.js';
import type { DeficitLaw } from '../theory/deficit-law.js';
import { brownianConstants } from '../theory/increment.js';
import type { Judged, RunSettings, Started, TheoryCommand, TheoryEvent } from './protocol.js';
import { failureOf } from './protocol.js';

/** What is known of the scenario and horizons that were asked for. */
type Known = KnownWalk | KnownSite;

interface KnownWalk {
  readonly kind: 'walk';
  readonly prepared: PreparedRun;
  readonly theory: WalkTheory;
  readonly references: readonly ExactReference[];
}

interface KnownSite {
  readonly kind: 'site';
  readonly prepared: PreparedSite;
  readonly reference: SiteReference;
}

type JudgeCommand = Extract<TheoryCommand, { type: 'judge' }>;

let known: Known | undefined;
let judged: { readonly result: Judged; readonly manifestSha256: () => string } | undefined;

const send = (event: TheoryEvent | Started): void => {
  workerScope.postMessage(event);
};

workerScope.onMessage((message) => {
  const command = message as TheoryCommand;
  try {
    if (command.type === 'prepare') known = prepare(command.settings);
    else if (command.type === 'judge') judgeRun(command);
    else {
      sendReport().catch((error: unknown) => {
        send({ type: 'failed', failure: failureOf(error) });
      });
    }
  } catch (error) {
    send({ type: 'failed', failure: failureOf(error) });
  }
});
send({ type: 'started' });

/** A site's laws come all at once, and late: they are asked for while the run goes on. */
function prepare(settings: RunSettings): Known | undefined {
  const scenario = parseScenario(settings.document);
  if (!resolveScenario(scenario).runsAsSite) return prepareWalk(prepareRun(resolveScenario(scenario), settings), settings);
  const prepared = prepareSite(resolveScenario(scenario), settings);
  return { kind: 'site', prepared, reference: siteReference(prepared.site, settings.horizons) };
}

/** All laws, each sent as soon as it is known: Brownian and corrected of every horizon, then the exact ones from the last on. */
function prepareWalk(prepared: PreparedRun, settings: RunSettings): KnownWalk | undefined {
  if (prepared.scenario.accounting === 'distributed') {
    send({
      type: 'none',
      reason:
        'Distributed accounting has no exact law in general, so this run is estimated, not judged. The command line’s validate judges its lumped companion on the same draws.',
    });
    return undefined;
  }
  const { walk, law, job, scenario } = prepared;
  const charge = scenario.battery.initialJoules;
  const increment = compoundIncrement(walk);
  const constants = walkConstants(increment);
  const cheap = job.horizons.map(({ slots, bins }) => {
    const binned = { edges: binEdges(bins, law.quantumJoules), trials: settings.trials };
    const own = (of: DeficitLaw) => {
      const charged = charge === 0 ? of : chargedLaw(of, charge);
      return { mean: charged.mean, onBins: lawOnBins(charged, binned) };
    };
    const corrected = own(correctedLaw(constants, slots));
    const brownian = own(brownianLaw(brownianConstants(increment), slots));
    const laws = (exact: ReturnType<typeof own> | undefined) => {
      send({
        type: 'laws',
        laws: {
          slots,
          onBins: { corrected: corrected.onBins, brownian: brownian.onBins, exact: exact?.onBins },
          means: { corrected: corrected.mean, brownian: brownian.mean, exact: exact?.mean },
        },
      });
    };
    laws(undefined);
    return { slots, own, laws };
  });
  const theories = [...cheap].reverse().map(({ slots, own, laws }) => {
    const theory = walkTheory(walk, [slots]);
    const [{ exact }] = theory.horizons;
    if (exact.missing === undefined) laws(own(exact));
    return theory;
  });
  theories.reverse();
  const theory: WalkTheory = { ...theories[0], horizons: theories.flatMap((t) => t.horizons) };
  return { kind: 'walk', prepared, theory, references: sampledReferences(law, theory) };
}

function judgeRun(command: JudgeCommand): void {
  if (known === undefined) throw new Error('no laws were prepared for this run');
  judged = known.kind === 'site' ? judgedSite(known, command) : judgedWalk(known, command);
  send({ type: 'judged', judged: judged.result });
}

/** What a judged run has beside what was prepared for it. */
function finished({ settings, partials, elapsedSeconds, backend, adapter }: JudgeCommand) {
  const { count } = partials.horizons[0];
  const pathSlotsPerSecond = (count * settings.horizons[settings.horizons.length - 1]) / elapsedSeconds;
  return { seed: settings.seed, partials, backend, adapter, elapsedSeconds, pathSlotsPerSecond };
}

function judgedSite({ prepared, reference }: KnownSite, command: JudgeCommand): NonNullable<typeof judged> {
  const run = { ...prepared, ...finished(command) };
  const units = siteUnits(prepared);
  const summary = summarizeSite(run.partials, units);
  const document = siteValidateDocument(run, summary, reference, judgeSite(run.partials, units, reference));
  return {
    result: { kind: 'site', document, summary, distributions: siteDistributions(run, reference) },
    manifestSha256: () => siteHashedInputs(run).sha256,
  };
}

function judgedWalk({ prepared, theory, references }: KnownWalk, command: JudgeCommand): NonNullable<typeof judged> {
  const simulation: Simulation = { ...prepared, ...finished(command) };
  const { walk, law, scenario, partials } = simulation;
  const summary = summarize(partials, law.quantumJoules);
  const judgement = judge(partials, law.quantumJoules, references);
  const document = validateDocument(simulation, summary, judgement, judgedHorizons(simulation, theory));
  const own = theory.horizons.map((horizon) => chargedTheory(horizon, scenario.battery.initialJoules));
  const curves = partials.horizons.map((horizon, i) =>
    horizonCurves(horizon, law.quantumJoules, own[i], volatility(walk), references[i].law),
  );
  const means = summary.horizons.map((h, i) => ({
    slots: h.slots,
    simulated: h.meanDeficit,
    lower: h.meanInterval.lower,
    upper: h.meanInterval.upper,
    exact: own[i].exact.mean,
    corrected: own[i].corrected.mean,
    brownian: own[i].brownian.mean,
  }));
  return {
    result: { kind: 'walk', document, curves, means },
    manifestSha256: () => hashedInputs(simulation).sha256,
  };
}

/** The report of the last run: the same file as `validate --out` writes, without the paper's figures. Its charts are drawn without the page. */
async function sendReport(): Promise<void> {
  if (judged === undefined) return;
  const { result, manifestSha256 } = judged;
  const content = { ...result, manifestSha256: manifestSha256() };
  if (content.kind === 'site') {
    const { siteReportHtml } = await import('../report/html/site-report.js');
    send({ type: 'report', html: siteReportHtml(content) });
    return;
  }
  const { reportHtml } = await import('../report/html/report.js');
  send({ type: 'report', html: reportHtml(content) });
}
