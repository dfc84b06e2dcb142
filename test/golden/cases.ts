/** Which command lines have golden files. A name ending in .json is one of the scenarios, in a folder of its own. */

/** The forms that a result is asked for: text, --json, --csv, and the files of --out, written with the first form. */
export type Form = 'text' | 'json' | 'csv' | 'out';

export interface Case {
  /** Name of the golden file. */
  readonly name: string;
  readonly args: readonly string[];
  readonly forms: readonly Form[];
  /** There is no result without --out; else the first form alone is asked for with it. */
  readonly always?: boolean;
}

const ALL: readonly Form[] = ['text', 'json', 'csv', 'out'];
const of = (name: string, line: string, forms: readonly Form[] = ALL): Case => ({
  name,
  args: line.split(' '),
  forms,
});

/** Paths and horizons of what simulates: few, as it is the documents that are held, not the results. */
const CPU = '--backend cpu --threads 1 --quiet';
const SMALL = `--trials 10000 --horizons 4,12 ${CPU}`;
const FEW = `--trials 2000 --horizons 4,12 ${CPU}`;
const ONE = `--trials 2000 --slots 16 ${CPU}`;
const LAW = '--horizons 4,12 --quiet';
/** What costs an exact law: the JSON document is among the files. */
const COSTLY: readonly Form[] = ['text', 'out'];

export const CASES: readonly Case[] = [
  of('presets', 'presets', ['text', 'json']),
  of('preset', 'preset reference', ['text']),
  of('tasks-fleet', 'tasks reference --quiet'),
  of('tasks-energies', 'tasks surplus --quiet', ['text', 'json', 'csv']),
  of('tasks-waiting', 'tasks waiting.json --quiet', ['text', 'json']),

  of('run-walk', `run walk.json ${SMALL}`),
  of('run-walk-until', `run walk.json --until 2% ${SMALL}`, ['text', 'json']),
  of('run-charged', `run charged.json ${SMALL}`, COSTLY),
  of('run-tasks-kernel', `run fleet.json --kernel tasks ${FEW}`),
  of('run-distributed', `run distributed.json ${FEW}`),
  of('run-hut', `run hut.json ${SMALL}`),
  of('run-waiting', `run waiting.json ${FEW}`, COSTLY),
  of('run-trace', `run trace.json ${FEW}`, COSTLY),
  of('run-solar-site', `run solar-site --trials 500 --slots 12 ${CPU}`, ['text', 'json']),

  of('validate-walk', `validate walk.json ${SMALL}`, ['text', 'csv', 'out']),
  of('validate-charged', `validate charged.json ${SMALL}`, COSTLY),
  of('validate-surplus', `validate surplus.json ${SMALL}`, COSTLY),
  of('validate-tasks-kernel', `validate fleet.json --kernel tasks ${FEW}`, COSTLY),
  of('validate-distributed', `validate distributed.json ${FEW}`, COSTLY),
  of('validate-hut', `validate hut.json ${FEW}`, ['text', 'csv', 'out']),
  of('validate-weather', `validate weather.json ${SMALL}`, COSTLY),
  of('validate-waiting', `validate waiting.json ${FEW}`, COSTLY),
  of('validate-trace', `validate trace.json ${FEW}`, COSTLY),

  of('exact-walk', `exact walk.json --at 5kJ ${LAW}`),
  of('exact-charged', `exact charged.json --at 5kJ ${LAW}`, COSTLY),
  of('exact-surplus', `exact surplus.json ${LAW}`, COSTLY),
  of('exact-distributed', `exact distributed.json ${LAW}`),
  of('exact-hut', `exact hut.json --at 5kJ ${LAW}`),
  of('exact-trace', `exact trace.json ${LAW}`, COSTLY),

  of('reserve-walk', `reserve walk.json --risk 10%,1% ${SMALL}`),
  of('reserve-charged', `reserve charged.json --risk 10%,1% ${SMALL}`, COSTLY),
  of('reserve-distributed', `reserve distributed.json --risk 10%,1% ${FEW}`, COSTLY),
  of('tail', `tail surplus.json --at 20kJ,40kJ ${ONE}`),
  of('prove', `prove walk.json ${FEW}`, COSTLY),
  of('prove-fleet', `prove fleet.json ${FEW}`, ['text']),

  of('compare-walks', `compare walk.json surplus.json ${FEW}`),
  of('compare-sites', `compare hut.json larger.json ${FEW}`),
  of('compare-policies', `compare waiting.json --policy myopic,latest,threshold:levelJoules=12000 ${FEW}`),
  of('compare-break-even', `compare fleet.json --break-even 0,1kJ --seconds 0,1 ${FEW}`),
  of('design-walk', `design surplus.json --risk 1% --vary harvest.mean.timesDemand --budget 40kJ ${ONE}`),
  of('design-site', `design hut.json --risk 10% --vary battery.capacityJoules --full --budget 20kJ ${ONE}`),
  of('figures', `figure all fleet.json --trials 200 --slots 128 ${CPU}`, ['text', 'out']),
  { ...of('sweep-of-walks', `sweep sweep-of-walks.json --plot ${CPU}`), always: true },
  { ...of('sweep-of-sites', `sweep sweep-of-sites.json --plot ${CPU}`), always: true },
];
