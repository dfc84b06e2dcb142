/**
 * Odd sites, made from a seed: atoms wherever a battery can have one (charges, capacities and limits that are sums of
 * task energies, nights, constant harvests), losses, harvests of tiny and huge shape, batteries of tiny and huge
 * capacity. And a walk of them in doubles that has nothing of the product: its own random numbers, its own laws.
 */

/** A site in numbers of its own, and as a scenario file says it. */
export interface OddSite {
  readonly name: string;
  readonly ratePerSlot: number;
  readonly energies: readonly number[];
  readonly weights: readonly number[];
  /** Gamma law of a slot's harvest at factor 1; undefined where the factors are joules. */
  readonly harvest: { readonly shape: number; readonly scale: number } | undefined;
  /** By slot, repeated. */
  readonly factors: readonly number[];
  readonly battery: OddBattery;
}

interface OddBattery {
  readonly initial: number;
  readonly capacity: number;
  readonly charge: number;
  readonly discharge: number;
  readonly leak: number;
  readonly chargeLimit: number;
  readonly dischargeLimit: number;
}

/** Uniform numbers in [0, 1): sfc32 (Chris Doty-Humphrey, PractRand), seeded by a number. */
function uniforms(seed: number): () => number {
  let [a, b, c, counter] = [0x9e3779b9, 0x243f6a88, seed | 0, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 15; i++) next();
  return () => (next() * 2 ** 21 + (next() >>> 11)) / 2 ** 53;
}

/** Odd site number `index`. */
export function oddSite(index: number): OddSite {
  const random = uniforms(7000 + index);
  const pick = <T>(...from: readonly T[]): T => from[Math.floor(random() * from.length)];
  const between = (low: number, high: number): number => low * (high / low) ** random();
  const unit = pick(1, 1, 0.001, 1000, 0.1, 1e5, Math.PI);
  const few = 1 + Math.floor(random() * 4);
  const energies = Array.from({ length: few }, () => unit * pick(1, 2, 3, 5, 9, 10, 27, 30, 100, 1000, 0.5, 7.3));
  const weights = energies.map(() => pick(1, 1, 2, 3, 0.1));
  const total = weights.reduce((a, b) => a + b, 0);
  const mean = energies.reduce((sum, energy, k) => sum + (energy * weights[k]) / total, 0);
  const ratePerSlot = Number(between(0.05, 6).toPrecision(3));
  const kind = pick('steady', 'steady', 'steady', 'nights', 'nights', 'constant');
  const demand = ratePerSlot * mean;
  const supply = demand * between(0.4, 2);
  const shape = pick(0.03, 0.1, 0.2, 0.5, 0.9, 1, 1, 3, 20, 200);
  const profile = pick([0, 1], [0, 0, 3, 1], [2, 1, 0], [1, 0, 0, 0, 5]);
  const mostOf = profile.reduce((a, b) => a + b, 0) / profile.length;
  const discharge = pick(1, 1, 1, 0.9, 0.75, 0.8, 0.93);
  const sums = (): number => {
    const joules = energies.reduce((sum, energy) => sum + energy * Math.floor(random() * 4), 0);
    return (joules === 0 ? energies[0] : joules) / discharge;
  };
  const slot = mean + supply / Math.min(1, shape);
  const capacity = pick(sums(), sums(), sums() * 3, slot * between(0.03, 0.3), mean * between(3, 60), 1e4 * mean);
  const initial = pick(0, capacity, sums(), sums(), random() * capacity);
  return {
    name: `odd site ${index}`,
    ...{ ratePerSlot, energies, weights },
    harvest: kind === 'constant' ? undefined : { shape, scale: supply / shape },
    factors:
      kind === 'steady'
        ? [1]
        : kind === 'nights'
          ? profile.map((factor) => factor / mostOf)
          : profile.map((factor) => unit * factor * Math.ceil(supply / unit)),
    battery: {
      initial: Math.min(initial, capacity),
      capacity,
      discharge,
      charge: pick(1, 1, 1, 0.9, 0.8, 0.95),
      leak: pick(0, 0, 0, 0, 0.1, 0.01, 1e-4),
      chargeLimit: pick(Infinity, Infinity, Infinity, energies[0], supply * between(0.5, 3)),
      dischargeLimit: pick(Infinity, Infinity, Infinity, energies[0], 2 * energies[0], mean * between(0.5, 4)),
    },
  };
}

/** What a scenario file says of it, in slots of one second. */
export function oddScenario({ name, ratePerSlot, energies, weights, harvest, factors, battery }: OddSite): object {
  const limit = (key: string, joules: number): object => (joules === Infinity ? {} : { [key]: joules });
  return {
    ...{ schemaVersion: 1, name, slotSeconds: 1, arrivals: { ratePerSlot } },
    tasks: energies.map((energyJoules, k) => ({ energyJoules, weight: weights[k] })),
    harvest:
      harvest === undefined
        ? { trace: { values: factors, unit: 'W', secondsPerValue: 1, play: 'loop', start: 'first' } }
        : {
            ...{ shape: harvest.shape, scaleJoules: harvest.scale },
            ...(factors.length === 1 ? {} : { profile: { values: factors } }),
          },
    battery: {
      initialJoules: battery.initial,
      ...limit('capacityJoules', battery.capacity),
      ...{ chargeEfficiency: battery.charge, dischargeEfficiency: battery.discharge, leakPerSlot: battery.leak },
      ...limit('chargeLimitWatts', battery.chargeLimit),
      ...limit('dischargeLimitWatts', battery.dischargeLimit),
    },
  };
}

/** What is compared, in the order of the numbers of a path at a horizon. */
export const SEEN = ['auxiliary', 'lacked', 'waste', 'deficitSlots', 'level', 'empty', 'full'] as const;

/** Sums and sums of squares of what is seen at each horizon. */
export interface SeenSums {
  readonly paths: number;
  readonly sums: readonly Float64Array[];
  readonly squares: readonly Float64Array[];
}

/**
 * How near to 0, in capacities, sums and differences of energies and charges are 0: rounding of doubles is far below.
 */
const NOTHING = 1e-11;

/**
 * Walks a site in doubles. A level is a + h: `a` of charges, limits and energies, `h` ≥ 0 of harvests alone, so that a
 * harvest of 1e-40 J keeps the battery from being empty although a + h is a. `top`: joules from which it counts as
   full.
 */
export function walkInDoubles(
  site: OddSite,
  horizons: readonly number[],
  paths: number,
  seed: number,
  top = site.battery.capacity,
): SeenSums {
  const { battery, factors, harvest, energies, weights, ratePerSlot } = site;
  const { capacity, charge, discharge, leak, chargeLimit, dischargeLimit } = battery;
  const random = uniforms(seed);
  const sums = horizons.map(() => new Float64Array(SEEN.length));
  const squares = horizons.map(() => new Float64Array(SEEN.length));
  const total = weights.reduce((a, b) => a + b, 0);
  const gamma = harvest === undefined ? undefined : gammaSampler(harvest.shape, random);
  const scale = harvest?.scale ?? 1;
  for (let path = 0; path < paths; path++) {
    let a = battery.initial;
    let h = 0;
    let auxiliary = 0;
    let waste = 0;
    let deficitSlots = 0;
    let t = 0;
    horizons.forEach((horizon, i) => {
      for (; t < horizon; t++) {
        a *= 1 - leak;
        h *= 1 - leak;
        let consumed = 0;
        for (let left = poisson(ratePerSlot, random); left > 0; left--) {
          let at = random() * total;
          let k = 0;
          while (k + 1 < weights.length && at >= weights[k]) at -= weights[k++];
          consumed += energies[k];
        }
        const factor = factors[t % factors.length];
        const drawn = gamma === undefined || factor === 0 ? 0 : Math.max(1e-300, factor * scale * gamma());
        const fixed = gamma === undefined ? factor : 0;
        const net = fixed - consumed + drawn;
        if (net >= 0) {
          const offered = Math.min(net, chargeLimit);
          if (net > chargeLimit) a += charge * chargeLimit;
          else {
            a += charge * (fixed - consumed);
            h += charge * drawn;
          }
          const over = a - capacity + h;
          waste += net - offered;
          if (over >= -NOTHING * capacity) {
            waste += Math.max(0, over) / charge;
            a = capacity;
            h = 0;
          }
        } else {
          const shortage = -net;
          const cut = shortage > dischargeLimit;
          const before = a + h;
          if (cut) a -= dischargeLimit / discharge;
          else {
            a -= (consumed - fixed) / discharge;
            h += drawn / discharge;
          }
          if (Math.abs(a) <= NOTHING * capacity) a = 0;
          let lacking = cut ? shortage - dischargeLimit : 0;
          if (a + h < 0) {
            lacking = shortage - before * discharge;
            a = 0;
            h = 0;
          }
          if (lacking > 0) {
            auxiliary += lacking;
            deficitSlots++;
          }
        }
      }
      const level = a + h;
      const seen = [
        ...[auxiliary, deficitSlots > 0 ? 1 : 0, waste, deficitSlots, level],
        ...[a === 0 && h === 0 ? 1 : 0, level >= top ? 1 : 0],
      ];
      seen.forEach((x, k) => {
        sums[i][k] += x;
        squares[i][k] += x * x;
      });
    });
  }
  return { paths, sums, squares };
}

/** Poisson by products of uniforms (Knuth); rates are below 10. */
function poisson(rate: number, random: () => number): number {
  const end = Math.exp(-rate);
  let count = 0;
  for (let product = random(); product > end; product *= random()) count++;
  return count;
}

/** Gamma variables of scale 1 (Marsaglia and Tsang 2000); below shape 1 those of shape + 1 times U^(1/shape). */
function gammaSampler(shape: number, random: () => number): () => number {
  const d = (shape < 1 ? shape + 1 : shape) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  const upper = (): number => {
    for (;;) {
      const x = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  };
  return shape < 1 ? () => upper() * (1 - random()) ** (1 / shape) : upper;
}
