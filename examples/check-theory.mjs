// Checks the simulated walk against its exact law, and shows how far the paper's closed form is from it.
import { loadPreset, validate } from 'batterywalk';

const { pass, document } = await validate(loadPreset('reference'), {
  trials: 200_000,
  horizons: [16, 256],
  onProgress: ({ done, total }) => process.stderr.write(`\r${Math.round((100 * done) / total)} %`),
});
process.stderr.write('\n');
for (const { slots, meanDeficit, exact, brownian } of document.horizons) {
  const kilojoules = (joules) => (joules / 1e3).toFixed(1);
  console.log(
    `T = ${slots}: E[D] ${kilojoules(meanDeficit)} kJ simulated, ${kilojoules(exact.meanDeficit)} kJ exact,`,
    `${kilojoules(brownian.meanDeficit)} kJ by the diffusion limit`,
  );
}
console.log(pass ? 'PASS' : 'FAIL');
