/** The worker that knows the truth: laws of every horizon, the cheap ones first, while the run goes on beside it; then the verdicts and the report. */
import { workerScope } from '#worker-scope';
import { prepareRun } from '../engine/simulate.js';
import type { PreparedRun, Simulation } from '../engine/simulate.js';
import { volatility } from '../fleet/walk-law.js';
import type { MeanPoint } from '../report/charts/mean.js';
import { horizonCurves } from '../report/curves.js';
import type { HorizonCurves } from '../report/curves.js';
import { validateDocument } from '../report/documents.js';
import type { ValidateDocument } from '../report/documents.js';
import { hashedInputs } from '../report/manifest.js';
import { chargedTheory, judgedHorizons, sampledReferences, walkTheory } from '../report/rungs.js';
import type { WalkTheory } from '../report/rungs.js';
import { parseScenario } from '../scenario/parse.js';
import { binEdges } from '../stats/binned.js';
import { lawOnBins } from '../stats/law-on-bins.js';
import { summarize } from '../stats/summary.js';
import { judge } from '../stats/verdict.js';
import type { ExactReference } from '../stats/verdict.js';
import { brownianLaw } from '../theory/brownian.js';
import { chargedLaw } from '../theory/charged.js';
import { compoundIncrement } from '../theory/compound-increment.js';
import { correctedLaw, walkConstants } from '../theory/corrected.js';
import type { DeficitLaw } from '../theory/deficit-law.js';
import { brownianConstants } from '../theory/increment.js';
import type { RunSettings, TheoryCommand, TheoryEvent } from './protocol.js';
import { failureOf } from './protocol.js';

interface Known {
  readonly prepared: PreparedRun;
  readonly theory: WalkTheory;
  readonly references: readonly ExactReference[];
}

let known: Known | undefined;
let judged:
  { simulation: Simulation; document: ValidateDocument; curves: HorizonCurves[]; means: MeanPoint[] } | undefined;

const send = (event: TheoryEvent): void => {
  workerScope.postMessage(event);
};

workerScope.onMessage((message) => {
  const command = message as TheoryCommand;
  try {
    if (command.type === 'prepare') known = prepare(command.settings);
    else if (command.type === 'judge') judgeRun(command);
    else void sendReport();
  } catch (error) {
    send({ type: 'failed', failure: failureOf(error) });
  }
});

/** All laws, each sent as soon as it is known: Brownian and corrected of every horizon, then the exact ones from the last on. */
function prepare(settings: RunSettings): Known | undefined {
  const prepared = prepareRun(parseScenario(settings.document), settings);
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
    laws(own(theory.horizons[0].exact));
    return theory;
  });
  theories.reverse();
  const theory: WalkTheory = { ...theories[0], horizons: theories.flatMap((t) => t.horizons) };
  return { prepared, theory, references: sampledReferences(law, theory) };
}

function judgeRun({
  settings,
  partials,
  elapsedSeconds,
  backend,
  adapter,
}: Extract<TheoryCommand, { type: 'judge' }>): void {
  if (known === undefined) throw new Error('no laws were prepared for this run');
  const { theory, references } = known;
  const { count, slots } = partials.horizons[partials.horizons.length - 1];
  const simulation: Simulation = {
    ...known.prepared,
    seed: settings.seed,
    ...{ partials, backend, adapter, elapsedSeconds },
    pathSlotsPerSecond: (count * slots) / elapsedSeconds,
  };
  const { walk, law, scenario } = simulation;
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
  judged = { simulation, document, curves, means };
  send({ type: 'judged', document, curves, means });
}

/** The report of the last run: the same file as `validate --out` writes. Its charts are drawn without the page. */
async function sendReport(): Promise<void> {
  if (judged === undefined) return;
  const { reportHtml } = await import('../report/html/report.js');
  const { simulation, document, curves, means } = judged;
  send({
    type: 'report',
    html: reportHtml({ document, curves, means, manifestSha256: hashedInputs(simulation).sha256 }),
  });
}
