// Laws alone, without a run: how far is the diffusion limit from the exact law, and what does a site's battery lack?
import * as theory from 'batterywalk/theory';

// A walk of plain numbers: five tasks a slot on average of 2.4 or 9 kJ, and a Gamma harvest of 2 % more.
const demand = {
  ratePerSlot: 5,
  energiesJoules: Float64Array.of(2400, 9000),
  probabilities: Float64Array.of(0.75, 0.25),
};
const shape = 2;
const scaleJoules = (1.02 * 5 * (0.75 * 2400 + 0.25 * 9000)) / shape;
const increment = theory.compoundIncrement({ demand, harvest: { shape, scaleJoules } });
const constants = theory.walkConstants(increment);
const kilojoules = (joules) => (joules / 1e3).toFixed(1);
console.log(`drift ${kilojoules(constants.drift)} kJ a slot, overshoot K ${kilojoules(constants.overshoot)} kJ`);
for (const slots of [16, 256]) {
  const exact = theory.exactLaw(increment, slots);
  const laws = [theory.brownianLaw(constants, slots), theory.correctedLaw(constants, slots), exact];
  const words = laws.map(({ rung, mean, quantile }) => `${rung} ${kilojoules(mean)} and ${kilojoules(quantile(0.99))}`);
  console.log(
    `T = ${slots}: mean and 99 % quantile in kJ: ${words.join('; ')} (CDF within ${exact.error.cdf.toExponential(0)})`,
  );
}

// A scenario whose battery has a capacity: its Markov chain, where it is one, with the error of each number.
const scenario = { ...theory.loadPreset('surplus'), battery: { initialJoules: 2e4, capacityJoules: 1e5 } };
const { kind, horizons, reason } = theory.siteReference(theory.resolveScenario(scenario).site, [24]);
if (kind === 'none') console.log(`no exact law: ${reason}`);
else {
  const [{ slots, auxiliary, auxiliaryLaw }] = horizons;
  const joules = auxiliary.value / 2;
  const error = auxiliaryLaw.cdfErrorAt(joules).toExponential(0);
  console.log(
    `T = ${slots}: mean auxiliary energy ${kilojoules(auxiliary.value)} kJ,`,
    `at most ${kilojoules(joules)} kJ with probability ${auxiliaryLaw.cdf(joules).toFixed(4)}, off by ${error} at most`,
  );
}
