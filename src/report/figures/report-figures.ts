/**
 * The paper's figures that one run can show in its report: figure 2 with its own horizons as points, figure 3 where its
 * tasks have a difficulty.
 */
import type { FinishedRun } from '../../study/finished.js';
import { drift, volatility } from '../../fleet/walk-law.js';
import type { Summary } from '../../stats/summary.js';
import { serverDocument } from '../charts/server-document.js';
import type { DrawnFigure } from '../html/figures-page.js';
import { REACH, deviationData, deviationFigure, deviationPoint } from './deviation.js';
import { crossingsText, difficultyData, difficultyFigure } from './difficulty.js';

/**
 * Drawn with the server's document. Figure 2 only from an empty battery and where the drift at some horizon is within
 * its range.
 */
export function reportFigures({ scenario, walk }: FinishedRun, summary: Summary): DrawnFigure[] {
  const figures: DrawnFigure[] = [];
  const relative = (slots: number): number => (drift(walk) * Math.sqrt(slots)) / volatility(walk);
  const shown = summary.horizons.filter((h) => Math.abs(relative(h.slots)) <= REACH);
  if (scenario.battery.initialJoules === 0 && shown.length > 0) {
    const data = deviationData(
      shown.map((h) => h.slots),
      shown.map((h) => deviationPoint(walk, h)),
    );
    const text = `Points are this run’s horizons (${shown.map((h) => h.slots).join(', ')} slots): the discrete walk lies below the Brownian curve, the less the longer.`;
    figures.push({ name: '2', svg: deviationFigure(data, serverDocument()), text });
  }
  if (scenario.fleet !== undefined) {
    const data = difficultyData(scenario);
    figures.push({ name: '3', svg: difficultyFigure(data, serverDocument()), text: crossingsText(data) });
  }
  return figures;
}
