/**
 * What figure 4 found, in words and as a table: the transitions by either detector beside what depends on no horizon.
 */
import { drift } from '../../fleet/walk-law.js';
import type { WalkLaw } from '../../fleet/walk-law.js';
import type { Scenario } from '../../scenario/scenario.js';
import type { RegimeDetection } from '../../stats/regimes.js';
import type { PaperDetection } from '../../stats/paper-regimes.js';
import type { Table } from '../table-model.js';
import { formatCount, formatNumber } from '../../numeric/format.js';
import { formatQuantity } from '../table.js';
import { DETECTORS } from './routing-error.js';
import type { RoutingErrorCurve } from './routing-error.js';

/** `2,896`, or `1,990 or later` where no later break was possible. */
function breakWords(found: { readonly slots: number; readonly atLastCandidate: boolean }): string {
  return `${formatCount(found.slots)}${found.atLastCandidate ? ' or later' : ''}`;
}

/** What the paper's detector finds of a curve. At a surplus the mean has a limit, whatever growth looks likest. */
export function bendWords(curve: RoutingErrorCurve): string {
  const { errorRate, paperRegime, crossoverSlots, driftJoulesPerSlot } = curve;
  const { transition } = paperRegime;
  const isSurplus = Number.isFinite(crossoverSlots) && driftJoulesPerSlot > 0;
  const unbent = isSurplus ? 'no bend, and a surplus that levels it off' : '√T throughout';
  return `η = ${errorRate}: ${transition === undefined ? unbent : `bends at ${breakWords(transition)} slots`}`;
}

/** The breaks of every curve, in slots. */
export function transitionsTable(curves: readonly RoutingErrorCurve[], slotSeconds: number): Table {
  return {
    caption: `Where √T ends, in slots of ${slotSeconds} s`,
    columns: ['η', 'paper’s', 'if w <', 'on exact means', 'ours', '95 %', '(σ/μ)²', 'long grid'].map((header) => ({
      header,
    })),
    rows: curves.map((c) => ({
      cells: [
        String(c.errorRate),
        paperWords(c.paperRegime),
        c.paperRegime.acceptedBelowWeight > 0 ? formatNumber(c.paperRegime.acceptedBelowWeight, 3) : 'never',
        paperWords(c.paperRegimeExact),
        c.regime === undefined
          ? 'unknown'
          : c.regime.transition === undefined
            ? 'none'
            : breakWords(c.regime.transition),
        intervalWords(c.regime),
        Number.isFinite(c.crossoverSlots) ? formatCount(c.crossoverSlots) : 'none',
        c.longGrid?.transitionSlots === undefined ? 'none' : formatCount(c.longGrid.transitionSlots),
      ],
    })),
    note:
      'paper’s: least squares of √T, and of a line above the break, with k = 1 and 4 and w = 2, which are our ' +
      'choice; ' +
      'w accepts a break or refuses it and never moves it; ours: generalised least squares about the exact offset; ' +
      'long grid: the paper’s on exact means up to 256 (σ/μ)². ' +
      DETECTORS.note,
  };
}

function paperWords({ transition }: PaperDetection): string {
  return transition === undefined ? 'none' : breakWords(transition);
}

function intervalWords(regime: RegimeDetection | undefined): string {
  if (regime?.transition === undefined) return '';
  const { interval, isOpenAbove } = regime.transition;
  return `${formatCount(interval.lower)} to ${formatCount(interval.upper)}${isOpenAbove ? ' or later' : ''}`;
}

/**
 * Where the scenario’s own harvest or charge makes the figure another than the paper’s; nothing where they do not.
 * @param walk of the scenario without errors
 */
export function ownSupplyWords(scenario: Scenario, walk: WalkLaw): string | undefined {
  const said: string[] = [];
  const { harvest, battery } = scenario;
  const mu = drift(walk);
  if (Math.abs(mu) > 1e-9 * walk.harvest.shape * walk.harvest.scaleJoules) {
    const mend =
      'mean' in harvest && harvest.mean === 'critical' ? '' : ' (--set harvest.mean=critical draws the paper’s)';
    said.push(
      `the scenario keeps its own harvest, with which the drift without errors is ${formatQuantity(mu, 'J')} a slot ` +
        `where the paper’s figure has none${mend}`,
    );
  }
  if (battery.initialJoules > 0) {
    said.push(
      `the battery keeps its charge of ${formatQuantity(battery.initialJoules, 'J')}: what is drawn is E[(D − ` +
        'charge)⁺], ' +
        'for which our detector knows no offset (--set battery.initialJoules=0 draws the paper’s)',
    );
  }
  return said.length === 0 ? undefined : said.join('; ');
}
