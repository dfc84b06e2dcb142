// Three routers of one site on the same draws: what does it save to let tasks wait?
import { compare, loadPreset } from 'batterywalk';

const { sides, comparisons } = await compare(loadPreset('solar-site'), { trials: 200, horizons: [96] });
for (const [i, horizons] of comparisons.entries()) {
  const { quantities } = horizons[horizons.length - 1];
  const { difference, interval } = quantities.find(({ quantity }) => quantity === 'energyPerTask');
  const kilojoules = (joules) => (joules / 1e3).toFixed(2);
  console.log(
    `${sides[i + 1].name} less ${sides[0].name}: ${kilojoules(difference)} kJ a task,`,
    `interval ${kilojoules(interval.lower)} to ${kilojoules(interval.upper)} kJ`,
  );
}
