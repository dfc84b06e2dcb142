/** What a site's report.html should say. */
import type { Expected, ProseRule } from './explained.js';
import type { Timed } from './leaf-rules.js';
import { pageComplaints } from './report-page.js';
import type { SiteNumbers } from './site-numbers.js';
import { comparedAt } from './site-text.js';
import { factorOf } from './validated.js';
import type { HtmlCell } from './validated.js';
import { energySentence, engineRule, horizonRules, sentence, timeNumbers } from './walk-report.js';

/** Complaints about the report but for its charts. */
export function siteReportComplaints(site: SiteNumbers, report: string, summary: unknown, timed: Timed): string[] {
  return pageComplaints(report, summary, (cell) => cellNumbers(site, cell), reportRules(site, timed));
}

function cellNumbers(site: SiteNumbers, cell: HtmlCell): Expected {
  const { caption, head, rowIndex, rest, row } = cell;
  if (/^(Energy and battery|Tasks, and slots)/.test(caption)) return horizonNumbers(site, cell);
  if (caption.startsWith('After')) return rest.includes('= 0') ? [0] : [];
  if (caption.startsWith('Rules'))
    return head === 'paths that broke it' ? [0] : row.includes('32 bits') && head === 'broken where' ? [32] : [];
  const { horizons } = site;
  if (caption.startsWith('Tests')) {
    const slots = site.judgement().horizons.flatMap((h) => h.verdicts.map(() => h.slots));
    if (head === 'slots') return [slots[rowIndex]];
    return rest.includes('= 0') ? [0] : [];
  }
  if (caption === 'Simulated beside exact') {
    const i = Math.floor(rowIndex / 7);
    if (head === 'slots') return [horizons[i]];
    if (head === 'quantity') return rest.includes('= 0') ? [0] : [];
    const { shown, exact, error, is } = comparedAt(site, i)[rowIndex % 7];
    const factor = is === 'J' ? factorOf(cell.second) : 1;
    const numbers = head === 'simulated' ? shown : head === 'exact' ? [exact] : [error];
    return numbers.map((x) => x / factor);
  }
  return [];
}

/** All else in these tables carries its place in summary.json. */
function horizonNumbers(site: SiteNumbers, { head, rowIndex: i }: HtmlCell): Expected {
  if (head === 'slots') return [site.horizons[i]];
  return head === 'time' ? timeNumbers(site.horizons[i] * site.scenario.slotSeconds) : [];
}

function reportRules(site: SiteNumbers, timed: Timed): ProseRule[] {
  const { horizons, trials, scenario, prepared, sigma, drift } = site;
  const last = horizons.length - 1;
  const { quantumJoules } = prepared.law;
  const auxiliary = site.own('auxiliary', last);
  const { capacityJoules = NaN, initialJoules, chargeEfficiency = NaN } = scenario.battery;
  const { chargeLimitWatts = NaN, dischargeLimitWatts = NaN } = scenario.battery;
  const wait = site.perTask('waited', last) * scenario.slotSeconds;
  const rules: ProseRule[] = [
    sentence(`${scenario.name} paths # slots # of # s seed`, trials, horizons[last], scenario.slotSeconds),
    sentence('battery # kJ, # kJ in it at the start', capacityJoules / 1e3, initialJoules / 1e3),
    sentence('# % of a surplus stored', 100 * chargeEfficiency),
    sentence(', charged at # W at most', chargeLimitWatts),
    sentence(', discharged at # W at most', dischargeLimitWatts),
    sentence('arrivals # tasks a slot', scenario.arrivals.ratePerSlot),
    sentence('drift # J a slot volatility σ # kJ quantum # µJ', drift, sigma / 1e3, quantumJoules * 1e6),
    engineRule(timed),
    ...horizonRules(site),
    energySentence('the site will need', auxiliary.mean),
    energySentence('one time in ten more than', auxiliary.quantile(0.9)),
    energySentence('one time in a hundred more than', auxiliary.quantile(0.99)),
    sentence('none with probability #\\.(?=\\s)', auxiliary.zero),
    sentence('lacking in # % of the slots, with # W at', 100 * site.lacking(last).mean, site.peak(last).mean),
    sentence('; # kJ of harvest', site.own('waste', last).mean / 1e3),
    sentence('A task waits # min # s on average', ...timeNumbers(wait)),
    sentence('multiples of # µJ\\.', quantumJoules * 1e6),
    [/SHA-256/, () => []],
  ];
  return site.isJudged ? [...rules, ...judgedRules(site)] : rules;
}

function judgedRules(site: SiteNumbers): ProseRule[] {
  const { horizons, tests } = site.judgement();
  const verdicts = horizons.flatMap((h) => h.verdicts);
  const smallest = verdicts.reduce((a, b) => (b.pValue < a.pValue ? b : a));
  return [
    sentence('On all # tests they agree', tests),
    sentence('# tests share a family-wise error rate of # \\(Holm\\)', tests, 0.001),
    sentence('smallest p-value is # \\([^0-9]*\\), against #\\.(?=\\s)', smallest.pValue, smallest.alpha),
  ];
}
