/** `prove` for a terminal and as a JSON document. */
import type { ViolationName } from '../engine/proof-job.js';
import type { FinishedProof } from '../study/finished.js';
import type { Proof, ProofVerdict } from '../stats/proof.js';
import { documentEnd, walkedHead } from './document-parts.js';
import { NORMAL_95, formatEstimate, formatLike, formatPlusMinus, shownError, withError } from './estimate.js';
import { notesText, slotsNote } from './notes.js';
import { formatCount } from '../numeric/format.js';
import { SLOTS, column, joined, left, tableOf, tableText } from './table-model.js';
import type { Table } from './table-model.js';
import { formatDuration, formatQuantity, scaleFor } from './table.js';
import type { Scaled } from './table.js';
import { passText } from './walk-tables.js';
import { verdictText } from './words.js';

/** The document of `prove --json`. */
export function proofDocument(run: FinishedProof, proof: Proof) {
  return {
    ...walkedHead(run, run.walk),
    pass: proof.pass,
    familyAlpha: proof.familyAlpha,
    horizons: proof.horizons,
    theorem2: proof.regimes,
    ...documentEnd(run),
  };
}

const CLAIMS: readonly (readonly [string, readonly ViolationName[]])[] = [
  ['Theorem 1: greedy injections are the deficit, lumped', ['theorem1Lumped']],
  ['Theorem 1, distributed', ['theorem1Distributed']],
  ['running minimum: controlled battery is B − min B, lumped', ['runningMinimumLumped']],
  ['running minimum, distributed', ['runningMinimumDistributed']],
  ['controlled batteries are never below zero', ['controlledBelowZero']],
  ['Lemma 1: lumped battery ≤ distributed battery, at every slot', ['lemma1Level']],
  ['Lemma 1: lumped deficit ≥ distributed deficit', ['lemma1']],
];

/** Every test of the family. */
function statisticalVerdicts({ horizons, regimes }: Proof): ProofVerdict[] {
  const own = regimes.flatMap((r) => r.horizons.map((h) => h.verdict));
  return [...horizons.flatMap((h) => h.verdicts), ...own];
}

/** What is to be said of the limits at the end. */
function limitOutcome({ regimes }: Proof): string {
  const ladders = regimes.flatMap((r) => r.ladders);
  const failing = ladders.filter((l) => !l.pass).length;
  if (ladders.length === 0) return '';
  return failing === 0
    ? '; the means tend to Theorem 2’s limits'
    : `; Theorem 2’s limits fail in ${failing} of ${ladders.length} ladders`;
}

const ratio = (value: number): string => (Number.isFinite(value) ? value.toFixed(4) : '—');

/** Theorem 2: the regimes at growing T. */
function growingTable({ regimes }: Proof, { unit, factor }: Scaled, chargeJoules: number): Table {
  const rows = regimes.flatMap(({ regime, horizons }) =>
    horizons.map((h) => ({ ...h, regime, format: formatLike(shownError(h.simulated), factor) })),
  );
  return tableOf(rows, {
    caption: `Theorem 2 at growing horizons, ${unit}`,
    columns: [
      left('Theorem 2', (h) => h.regime),
      { ...SLOTS, isKey: true },
      column(`limit ${unit}`, (h) => h.format(h.limitMean)),
      joined('walk’s own', (h) => h.format(h.walkLimitMean)),
      joined('exact', (h) => h.format(h.exactMean)),
      // With a charge a limit may be below 0 where T is small: no share of that says anything.
      joined('exact / limit', (h) => ratio(h.limitMean > 0 ? 1 + h.finiteGap : NaN)),
      joined('/ own', (h) => ratio(h.walkLimitMean > 0 ? 1 + h.walkGap : NaN)),
      column('simulated, 95 %', (h) => formatPlusMinus(shownError(h.simulated), factor)),
      joined({ header: 'test', align: 'left' }, (h) => verdictText(h.verdict)),
    ],
    note: notesText(
      `drift ${regimes.map((r) => `${r.regime} ${formatQuantity(r.driftJoulesPerSlot, 'J')}`).join(', ')} a slot`,
      'limit: the paper’s eq. 37, which is the Brownian motion’s',
      'walk’s own: what the discrete walk tends to, which sees its battery at the ends of slots only; at a ' +
        'fixed surplus it stays below the limit for ever',
      chargeJoules === 0 ? undefined : chargeNote(chargeJoules),
    ),
  });
}

/** Whether the means of Theorem 2's regimes tend to their limits. */
function laddersTable({ regimes }: Proof): Table {
  const ladders = regimes.flatMap((r) => r.ladders.map((ladder) => ({ regime: r.regime, ...ladder })));
  return tableOf(ladders, {
    caption: 'Theorem 2 in the limit',
    columns: [
      left('in the limit', (l) => l.regime),
      left('as', (l) => (l.along === 'slots' ? 'T → ∞' : 'T → ∞, μ → 0')),
      column('exact / limit', ({ steps }) => `${ratio(steps[0].ratio)} to ${ratio(steps[steps.length - 1].ratio)}`),
      column('rate', (l) => ratio(l.rate)),
      column('eq. 91 / 37', (l) => (l.brownianRatio === undefined ? '' : ratio(l.brownianRatio))),
      left('verdict', (l) => passText([l])),
    ],
    note:
      'rate: how the exact mean grows over how the limit does, at the last step (at a fixed surplus the mean ' +
      `over the walk’s own limit); 1 by Theorem 2, within ${ladders.at(0)?.tolerance ?? 0}`,
  });
}

/** What the limits are of a battery that begins with a charge b. */
function chargeNote(joules: number): string {
  return (
    `the battery begins with b = ${formatQuantity(joules, 'J')}: all means are of (D − b)⁺; limits are eq. 37 less b, and at ` +
    'a surplus eq. 37 times exp(−2μb/σ²); below 0 they say nothing yet, T being too small'
  );
}

/** What every path was checked for. */
function claimsTable({ horizons }: Proof): Table {
  const { violations } = horizons[horizons.length - 1];
  return tableOf(CLAIMS, {
    caption: 'Claims on every path',
    columns: [
      left('on every path, at every slot', ([claim]) => claim),
      column('paths that break it', ([, names]) => formatCount(names.reduce((sum, name) => sum + violations[name], 0))),
    ],
  });
}

/** Means of both accountings, and Lemma 2. */
function meansTable({ horizons }: Proof, { unit, factor }: Scaled, slotSeconds: number): Table {
  const plusMinus = (own: Parameters<typeof shownError>[0]): string => formatPlusMinus(shownError(own), factor);
  const rows = horizons.map(({ verdicts: [variance, mean], ...h }) => ({ ...h, variance, mean }));
  return tableOf(rows, {
    caption: `Means of both accountings, ${unit}`,
    columns: [
      SLOTS,
      column(`lumped E[D] ${unit}`, (h) => plusMinus(h.lumped)),
      joined('exact', (h) => formatLike(shownError(h.lumped), factor)(h.mean.expected)),
      joined({ header: 'test', align: 'left' }, (h) => verdictText(h.mean)),
      column(`distributed E[D] ${unit}`, (h) => plusMinus(h.distributed)),
      joined('with control', (h) => plusMinus(h.controlled)),
      column('Var ΣC / λT E[e²]', ({ variance: { seen, expected, statistic } }) =>
        // In standard deviations the verdict says how far the ratio is known.
        formatEstimate(withError(seen / expected, Math.abs((seen / expected - 1) / statistic) * NORMAL_95)),
      ),
      joined({ header: 'test', align: 'left' }, (h) => verdictText(h.variance)),
    ],
    note: notesText(
      slotsNote(slotSeconds),
      'means with their 95 % intervals; ' +
        'control: the distributed mean corrected by the lumped deficit on the same draws, whose mean is known; ' +
        'Var ΣC / λT E[e²]: of Lemma 2, 1 by theory; p: the chance that a right engine lies as far off',
    ),
  });
}

/** The tables of `prove`. */
export function proofText(run: FinishedProof, proof: Proof): string {
  const { scenario, seed, backend, elapsedSeconds } = run;
  const { horizons, tests, familyAlpha, pass } = proof;
  const last = horizons[horizons.length - 1];
  const scale = scaleFor(
    horizons.map((h) => h.lumped.meanDeficit),
    'J',
  );
  const broken = horizons.reduce((worst, h) => Math.max(worst, h.trials - h.clean), 0);
  const kept = broken > 0 ? `${formatCount(broken)} paths break a theorem` : 'no path breaks a theorem';
  const failed = statisticalVerdicts(proof).filter((v) => !v.pass).length;
  const outcome = pass ? `all ${tests} statistical tests pass` : `${failed} of ${tests} statistical tests fail`;
  return [
    `${scenario.name}: ${formatCount(last.trials)} paths of ${formatCount(last.slots)} slots, ` +
      `both accountings on the same draws, seed ${JSON.stringify(seed)}\n`,
    tableText(claimsTable(proof)),
    tableText(meansTable(proof, scale, scenario.slotSeconds)),
    tableText(growingTable(proof, scale, scenario.battery.initialJoules)),
    ...(proof.regimes.every((r) => r.ladders.length === 0) ? [] : [tableText(laddersTable(proof))]),
    `${pass ? 'PASS' : 'FAIL'}: ${kept}; ${outcome}, family-wise α ${familyAlpha}${limitOutcome(proof)}\n` +
      `${backend}: ${run.pathSlotsPerSecond.toExponential(2)} path-slots/s, ${formatDuration(elapsedSeconds)}\n`,
  ].join('\n');
}
