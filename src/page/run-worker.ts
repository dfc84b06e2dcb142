/** The worker that runs: opens a backend, walks part after part, and sends what the page is to draw a few times a second. */
import { resolveScenario } from '../fleet/resolve.js';
import { host as ownHost } from '#host';
import { workerScope } from '#worker-scope';
import type { Partials } from '../engine/partials.js';
import { partialsSha256 } from '../engine/partials-codec.js';
import { borrowWorkers } from '../host/lending.js';
import { openBackend } from '../engine/open-backend.js';
import { prepareRun, prepareSite } from '../study/plan.js';
import type { PreparedRun, PreparedSite } from '../study/plan.js';
import { splitSite } from '../engine/site-job.js';
import { InputError } from '../errors.js';
import { volatility } from '../fleet/walk-law.js';
import { curvesOnBins } from '../report/curves.js';
import { siteDistribution } from '../report/site-curves.js';
import { siteUnits } from '../report/site-document.js';
import { parseScenario } from '../scenario/parse.js';
import { binDeficits } from '../stats/binned.js';
import { summarizeSite } from '../stats/site-summary.js';
import { summarize } from '../stats/summary.js';
import type { HorizonLaws, Lending, RunCommand, RunEvent, SiteSnapshot, Started, WalkSnapshot } from './protocol.js';
import { failureOf } from './protocol.js';
import { InterruptedRunError, runInParts } from './run-parts.js';

const PART_SECONDS = 0.2;
/** The page is given what is finished so often, ms. */
const KEEP_EVERY = 2000;
const BEAT_MS = 1000;

/** Its workers are the page's: it is told of them first of all. */
let host = ownHost;

let stop = new AbortController();
let shown = 0;
/** Laws by horizon: of the run that they were sent for. */
let laws = new Map<number, HorizonLaws>();
let current:
  { readonly prepared: PreparedRun | PreparedSite; readonly partials: Partials; readonly seconds: number } | undefined;

const send = (event: RunEvent | Started): void => {
  workerScope.postMessage(event);
};

workerScope.onMessage((message) => {
  const command = message as RunCommand | Lending;
  switch (command.type) {
    case 'lend':
      host = borrowWorkers(ownHost, command.port);
      return;
    case 'run':
      void run(command);
      return;
    case 'stop':
      stop.abort();
      return;
    case 'laws':
      laws.set(command.laws.slots, command.laws);
      sendSnapshot();
      return;
    case 'show':
      shown = command.horizon;
      sendSnapshot();
  }
});
send({ type: 'started' });
setInterval(() => {
  send({ type: 'alive' });
}, BEAT_MS);

async function run({ settings, backend, from }: Extract<RunCommand, { type: 'run' }>): Promise<void> {
  stop = new AbortController();
  const { signal } = stop;
  const before = from?.elapsedSeconds ?? 0;
  try {
    if (from === undefined) laws = new Map();
    const scenario = parseScenario(settings.document);
    const isSite = resolveScenario(scenario).runsAsSite;
    if (isSite && backend === 'gpujs') {
      throw new InputError(
        'backend: got WebGL 2 for a site, expected WebGPU, the processor or the fastest that works: WebGL 2 has the paper’s kernel only',
        'backend',
      );
    }
    const prepared = isSite
      ? prepareSite(resolveScenario(scenario), settings)
      : prepareRun(resolveScenario(scenario), settings);
    const onRemark = (text: string): void => {
      send({ type: 'remark', text });
    };
    const open = () => openBackend(host, { backend, kernel: prepared.job.kernel, onRemark });
    let keptAt = -Infinity;
    const { partials, elapsedSeconds } = await runInParts(prepared.job, open, {
      signal,
      from: from?.partials,
      partSeconds: PART_SECONDS,
      onOpened: ({ name, adapter }) => {
        send({ type: 'opened', backend: name, adapter });
      },
      onPart: (found, seconds) => {
        current = { prepared, partials: found, seconds: before + seconds };
        sendSnapshot();
        if (performance.now() - keptAt < KEEP_EVERY) return;
        keptAt = performance.now();
        send({ type: 'kept', partials: found, elapsedSeconds: before + seconds });
      },
    });
    send({
      type: 'ended',
      partials,
      partialsSha256: partialsSha256(partials),
      elapsedSeconds: before + elapsedSeconds,
      stopped: partials.horizons[0].count < settings.trials,
    });
  } catch (error) {
    const interrupted = error instanceof InterruptedRunError && error.partials.horizons[0].count > 0;
    send({
      type: 'failed',
      failure: failureOf(error instanceof InterruptedRunError ? error.cause : error),
      partials: interrupted ? error.partials : undefined,
      elapsedSeconds: interrupted ? before + error.elapsedSeconds : 0,
    });
  }
}

function sendSnapshot(): void {
  if (current === undefined || current.partials.horizons[0].count === 0) return;
  const { prepared, partials, seconds } = current;
  const snapshot =
    'site' in prepared ? siteSnapshot(prepared, partials, seconds) : walkSnapshot(prepared, partials, seconds);
  send({ type: 'snapshot', snapshot });
}

function progressOf({ job }: PreparedRun | PreparedSite, partials: Partials, elapsedSeconds: number) {
  const { count: paths } = partials.horizons[0];
  const { slots } = job.horizons[job.horizons.length - 1];
  return { paths, trials: job.paths, elapsedSeconds, pathSlotsPerSecond: (paths * slots) / elapsedSeconds };
}

function siteSnapshot(prepared: PreparedSite, partials: Partials, seconds: number): SiteSnapshot {
  const units = siteUnits(prepared);
  const { auxiliary } = splitSite(partials);
  return {
    kind: 'site',
    ...progressOf(prepared, partials, seconds),
    summary: summarizeSite(partials, units),
    slotSeconds: units.slotSeconds,
    capacityJoules: prepared.site.battery.capacityJoules,
    distribution: siteDistribution(auxiliary[Math.min(shown, auxiliary.length - 1)], units.quantumJoules),
  };
}

function walkSnapshot(prepared: PreparedRun, partials: Partials, seconds: number): WalkSnapshot {
  const { law, walk } = prepared;
  const summary = summarize(partials, law.quantumJoules);
  const horizon = partials.horizons[Math.min(shown, partials.horizons.length - 1)];
  const known = laws.get(horizon.slots);
  const sigma = volatility(walk);
  return {
    kind: 'walk',
    ...progressOf(prepared, partials, seconds),
    summary,
    means: summary.horizons.map((h) => {
      const own = laws.get(h.slots)?.means;
      return {
        slots: h.slots,
        simulated: h.meanDeficit,
        lower: h.meanInterval.lower,
        upper: h.meanInterval.upper,
        exact: own?.exact ?? NaN,
        corrected: own?.corrected ?? NaN,
        brownian: own?.brownian ?? NaN,
      };
    }),
    curves:
      known === undefined
        ? undefined
        : curvesOnBins(
            horizon.slots,
            binDeficits(horizon, law.quantumJoules),
            // The corrected law stands where the exact one will be; it is not drawn as that.
            { ...known.onBins, exact: known.onBins.exact ?? known.onBins.corrected },
            sigma,
          ),
    exactKnown: known?.onBins.exact !== undefined,
  };
}
