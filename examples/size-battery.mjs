// How large a battery keeps the risk of any auxiliary energy within an hour at 5 %?
import { design, loadPreset } from 'batterywalk';

const { result, document } = await design(loadPreset('surplus'), {
  vary: 'battery.initialJoules',
  risk: 0.05,
  slots: 360,
  trials: 20_000,
});
const megajoules = (joules) => (joules / 1e6).toFixed(2);
console.log(`a charge of ${megajoules(result.value)} MJ keeps it, after ${document.evaluations.length} looks`);
