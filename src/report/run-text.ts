/** `run` and `validate` for a terminal: what ran, its tables (walk-tables.ts) and what came of it. */
import type { SamplingError } from '../law/sampling-error.js';
import type { FinishedRun, FinishedSite, Outcome } from '../study/finished.js';
import { drift, volatility } from '../fleet/walk-law.js';
import { trialsToTellApart } from '../stats/distance.js';
import type { Coarse } from '../stats/verdict.js';
import type { MissingPart } from '../theory/deficit-law.js';
import { adapterWords } from './adapter-words.js';
import { coarseSentences } from './coarse.js';
import type { DistributedDocument } from './distributed.js';
import type { RunDocument, ValidateDocument } from './documents.js';
import { tableText } from './table-model.js';
import { formatCount, formatNumber } from '../numeric/format.js';
import { formatDuration, formatQuantity } from './table.js';
import {
  CHECK_NAMES,
  checksTable,
  distributedTable,
  estimatesTable,
  runTable,
  walkVerdictsTable,
} from './walk-tables.js';
import { TEST_NAMES, driftText } from './words.js';

/** A bound on an error, in one digit; what is below rounding is called 1e-15. */
function atMost(error: number): string {
  return Math.max(Math.abs(error), 1e-15).toExponential(0);
}

/** How far the sampled law of a slot is from the true one. */
function samplingText({ mean, variance, kolmogorov }: SamplingError): string {
  return (
    `sampling mean within ${atMost(mean)} σ, variance within ${atMost(variance)}, ` +
    `Kolmogorov distance ${kolmogorov.toExponential(1)} of the true law`
  );
}

/** What ran where: the first lines of every report. */
export function headingText(run: FinishedRun | FinishedSite): string {
  const { scenario, law, partials, job, seed } = run;
  const [label, walk] = 'site' in run ? ['site', run.site.walk] : ['walk', run.walk];
  const { slots } = job.horizons[job.horizons.length - 1];
  const sigma = volatility(walk);
  return [
    `${scenario.name}: ${formatCount(partials.horizons[0].count)} paths of ${formatCount(slots)} slots, seed ${JSON.stringify(seed)}`,
    `${label}     drift ${driftText(drift(walk), sigma)} a slot, volatility ${formatQuantity(sigma, 'J')}, ` +
      `quantum ${formatQuantity(law.quantumJoules, 'J', 3)}`,
    samplingText(law.samplingError),
    ...('site' in run ? [batteryText(run)] : []),
    '',
  ].join('\n');
}

function batteryText({ site: { battery, policy }, law }: FinishedSite): string {
  const { capacityJoules, initialJoules } = battery;
  return (
    `battery  ${capacityJoules === Infinity ? 'no capacity limit' : `capacity ${formatQuantity(capacityJoules, 'J')}`}, ` +
    `charge at the start ${formatQuantity(initialJoules, 'J')}, policy ${policy.kind}, kernel ${law.form}`
  );
}

/** Backend, adapter and speed: the last line of every report. */
export function speedText(run: Pick<Outcome, 'backend' | 'adapter' | 'elapsedSeconds' | 'pathSlotsPerSecond'>): string {
  const { backend, adapter, elapsedSeconds, pathSlotsPerSecond } = run;
  return `${backend} on ${adapterWords(adapter)}: ${pathSlotsPerSecond.toExponential(2)} path-slots/s, ${formatDuration(elapsedSeconds)}\n`;
}

/** `run`. */
export function runText(run: FinishedRun, document: RunDocument): string {
  return `${headingText(run)}\n${tableText(runTable(document))}\n${speedText(run)}`;
}

/** `validate`: estimates beside the three approximations, the verdicts, the distance from the diffusion limit. */
export function validateText(run: FinishedRun, document: ValidateDocument): string {
  const { horizons, pass, familyAlpha } = document;
  const tests = horizons.reduce((sum, h) => sum + h.verdicts.length, 0);
  const outcome =
    `${pass ? 'PASS: all' : 'FAIL: of'} ${tests} tests against the exact law of the sampled walk, ` +
    `family-wise α ${familyAlpha}`;
  const missing = horizons.map(({ slots, exact }) => missingText(slots, exact.missing)).join('');
  const words = `${missing}${coarseText(horizons, ({ name }) => TEST_NAMES[name])}${outcome}\n${limitText(document)}`;
  const tables = `${tableText(estimatesTable(document))}\n${tableText(walkVerdictsTable(document))}`;
  return `${headingText(run)}\n${tables}\n${words}\n${speedText(run)}`;
}

/** `validate` of energy burned over the service: the run, the checks of it and of its lumped companion. */
export function distributedText(run: FinishedRun, document: DistributedDocument): string {
  const { horizons, pass, familyAlpha } = document;
  const tests = horizons.reduce((sum, h) => sum + h.verdicts.length, 0);
  const tables = `${tableText(distributedTable(document))}\n${tableText(checksTable(document))}`;
  return (
    `${headingText(run)}\n${tables}\n${coarseText(horizons, ({ name }) => CHECK_NAMES[name])}` +
    `${pass ? `PASS: all ${tests}` : `FAIL: of ${tests}`} checks, family-wise α ${familyAlpha}. ` +
    'Energy is burned over the service: no exact law is known for that, so the same draws were walked lumped and ' +
    'judged against its exact law; on every path the distributed deficit must lie at or below the lumped one ' +
    `(Lemma 1).\n\n${speedText(run)}`
  );
}

/** Tests that have lost their power to theory's own error, a line each. */
export function coarseText<T extends { readonly coarse?: Coarse | undefined }>(
  horizons: readonly { readonly slots: number; readonly verdicts: readonly T[] }[],
  label: (verdict: T) => string,
): string {
  return linesText(coarseSentences(horizons, label));
}

/** Sentences, a line each. */
export function linesText(sentences: readonly string[]): string {
  return sentences.map((line) => `${line}\n`).join('');
}

/** What is missing of a horizon's exact law, and why; nothing where all of it is there. */
export function missingText(slots: number, missing: MissingPart | undefined): string {
  if (missing === undefined) return '';
  const what = missing.what === 'law' ? 'exact law' : 'distribution of the exact law';
  return `At ${slots} slots the ${what} is missing: ${missing.reason}.\n`;
}

/** What the run says of the diffusion limit at its last horizon, apart from the verdicts on the engine. */
function limitText({ horizons }: ValidateDocument): string {
  const { slots, trials, brownianDistance } = horizons[horizons.length - 1];
  const { expected, seen, pValue, criticalValue } = brownianDistance;
  const distance = `${formatNumber(seen, 2)} from it, where chance allows ${formatNumber(criticalValue, 2)}`;
  if (pValue >= 0.05) {
    return `The Brownian law at ${slots} slots is not rejected by ${formatCount(trials)} paths: they lie ${distance}.\n`;
  }
  return (
    `The Brownian law at ${slots} slots is rejected: the paths lie ${distance}. ` +
    `That is the diffusion limit's own error (${formatNumber(expected, 2)} by theory), ` +
    `which a right simulator shows from about ${formatCount(trialsToTellApart(expected))} paths on; it is no failure of the engine.\n`
  );
}
