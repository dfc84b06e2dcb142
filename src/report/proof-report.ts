/** `prove` for a terminal and as a JSON document. */
import type { ViolationName } from '../engine/proof-job.js';
import type { FinishedProof } from '../study/finished.js';
import type { Proof, ProofVerdict } from '../stats/proof.js';
import { documentEnd, documentHead, sampledSlotLaw } from './document-parts.js';
import { NORMAL_95, formatEstimate, formatLike, formatPlusMinus, shownError, withError } from './estimate.js';
import { notesText, slotsNote } from './notes.js';
import { formatCount } from '../numeric/format.js';
import { formatDuration, formatQuantity, formatTable, scaleFor } from './table.js';
import { verdictText } from './words.js';

/** The document of `prove --json`. */
export function proofDocument(run: FinishedProof, proof: Proof) {
  return {
    ...documentHead(run),
    law: sampledSlotLaw(run.walk, run.law),
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

/** Theorem 2: the regimes at growing T, and whether their means tend to the limits. */
function limitsText({ regimes }: Proof, factor: number, unit: string, chargeJoules: number): string {
  const rows = regimes.flatMap((r) => r.horizons.map((h) => ({ ...h, regime: r.regime })));
  const growing = formatTable(
    [
      { header: 'Theorem 2', align: 'left' },
      { header: 'slots', isKey: true },
      { header: `limit ${unit}` },
      { header: 'walk’s own', isJoined: true },
      { header: 'exact', isJoined: true },
      { header: 'exact / limit', isJoined: true },
      { header: '/ own', isJoined: true },
      { header: 'simulated, 95 %' },
      { header: '', align: 'left', isJoined: true },
    ],
    rows.map((h) => {
      const format = formatLike(shownError(h.simulated), factor);
      return [
        h.regime,
        String(h.slots),
        format(h.limitMean),
        format(h.walkLimitMean),
        format(h.exactMean),
        // With a charge a limit may be below 0 where T is small: no share of that says anything.
        ratio(h.limitMean > 0 ? 1 + h.finiteGap : NaN),
        ratio(h.walkLimitMean > 0 ? 1 + h.walkGap : NaN),
        formatPlusMinus(shownError(h.simulated), factor),
        verdictText(h.verdict),
      ];
    }),
    notesText(
      `drift ${regimes.map((r) => `${r.regime} ${formatQuantity(r.driftJoulesPerSlot, 'J')}`).join(', ')} a slot`,
      'limit: the paper’s eq. 37, which is the Brownian motion’s',
      'walk’s own: what the discrete walk tends to, which sees its battery at the ends of slots only; at a ' +
        'fixed surplus it stays below the limit for ever',
      ...(chargeJoules === 0 ? [] : [chargeNote(chargeJoules)]),
    ),
  );
  const ladders = regimes.flatMap((r) => r.ladders.map((ladder) => ({ regime: r.regime, ladder })));
  const tending = formatTable(
    [
      { header: 'in the limit', align: 'left' },
      { header: 'as', align: 'left' },
      { header: 'exact / limit' },
      { header: 'rate' },
      { header: 'eq. 91 / 37' },
      { header: '', align: 'left' },
    ],
    ladders.map(({ regime, ladder: { along, steps, rate, brownianRatio, pass } }) => [
      regime,
      along === 'slots' ? 'T → ∞' : 'T → ∞, μ → 0',
      `${ratio(steps[0].ratio)} to ${ratio(steps[steps.length - 1].ratio)}`,
      ratio(rate),
      brownianRatio === undefined ? '' : ratio(brownianRatio),
      pass ? 'pass' : 'FAIL',
    ]),
    'rate: how the exact mean grows over how the limit does, at the last step (at a fixed surplus the mean ' +
      'over the walk’s own limit); ' +
      `1 by Theorem 2, within ${ladders[0]?.ladder.tolerance ?? 0}`,
  );
  return ladders.length === 0 ? growing : `${growing}\n${tending}`;
}

/** What the limits are of a battery that begins with a charge b. */
function chargeNote(joules: number): string {
  return (
    `the battery begins with b = ${formatQuantity(joules, 'J')}: all means are of (D − b)⁺; limits are eq. 37 less b, and at ` +
    'a surplus eq. 37 times exp(−2μb/σ²); below 0 they say nothing yet, T being too small'
  );
}

/** The tables of `prove`. */
export function proofText(run: FinishedProof, proof: Proof): string {
  const last = proof.horizons[proof.horizons.length - 1];
  const claims = formatTable(
    [{ header: 'on every path, at every slot', align: 'left' }, { header: 'paths that break it' }],
    CLAIMS.map(([claim, names]) => [claim, formatCount(names.reduce((sum, name) => sum + last.violations[name], 0))]),
  );
  const { unit, factor } = scaleFor(
    proof.horizons.map((h) => h.lumped.meanDeficit),
    'J',
  );
  const means = formatTable(
    [
      { header: 'slots' },
      { header: `lumped E[D] ${unit}` },
      { header: 'exact', isJoined: true },
      { header: '', align: 'left', isJoined: true },
      { header: `distributed E[D] ${unit}` },
      { header: 'with control', isJoined: true },
      { header: 'Var ΣC / λT E[e²]' },
      { header: '', align: 'left', isJoined: true },
    ],
    proof.horizons.map((h) => {
      const [variance, mean] = h.verdicts;
      // In standard deviations the verdict says how far the ratio is known.
      const half = Math.abs((variance.seen / variance.expected - 1) / variance.statistic) * NORMAL_95;
      return [
        String(h.slots),
        formatPlusMinus(shownError(h.lumped), factor),
        formatLike(shownError(h.lumped), factor)(mean.expected),
        verdictText(mean),
        formatPlusMinus(shownError(h.distributed), factor),
        formatPlusMinus(shownError(h.controlled), factor),
        formatEstimate(withError(variance.seen / variance.expected, half)),
        verdictText(variance),
      ];
    }),
    notesText(
      slotsNote(run.scenario.slotSeconds),
      'means with their 95 % intervals; ' +
        'control: the distributed mean corrected by the lumped deficit on the same draws, whose mean is known; ' +
        'Var ΣC / λT E[e²]: of Lemma 2, 1 by theory; p: the chance that a right engine lies as far off',
    ),
  );
  const limits = limitsText(proof, factor, unit, run.scenario.battery.initialJoules);
  const broken = proof.horizons.reduce((worst, h) => Math.max(worst, h.trials - h.clean), 0);
  const outcome = proof.pass
    ? `PASS: no path breaks a theorem; all ${proof.tests} statistical tests pass, family-wise α ${proof.familyAlpha}${limitOutcome(proof)}`
    : `FAIL: ${broken > 0 ? `${formatCount(broken)} paths break a theorem` : 'no path breaks a theorem'}; ` +
      `${statisticalVerdicts(proof).filter((v) => !v.pass).length} of ` +
      `${proof.tests} statistical tests fail, family-wise α ${proof.familyAlpha}${limitOutcome(proof)}`;
  const head = `${run.scenario.name}: ${formatCount(last.trials)} paths of ${formatCount(last.slots)} slots, both accountings on the same draws, seed ${JSON.stringify(run.seed)}\n`;
  const speed = `${run.backend}: ${run.pathSlotsPerSecond.toExponential(2)} path-slots/s, ${formatDuration(run.elapsedSeconds)}\n`;
  return `${head}\n${claims}\n${means}\n${limits}\n${outcome}\n${speed}`;
}
