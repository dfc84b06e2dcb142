/**
 * Makes the sample traces, sun.csv and wind.csv: a year of 8760 hours each, in watts of a plant of 1000 W. They are
 * made, not measured: no data of anybody's is in them. `node src/scenario/trace/samples/generate.mjs` writes the same
 * bytes every time.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import seedrandom from 'seedrandom';

const DAYS = 365;
const RATED_WATTS = 1000;
const RADIANS = Math.PI / 180;

/** 1 in the middle of January, −1 in the middle of July. */
const winter = (day) => Math.cos((2 * Math.PI * (day - 14)) / DAYS);

/** Standard normal numbers by Box and Muller, and uniform ones in [0, 1), from one seeded stream. */
function randomNumbers(seed) {
  const uniform = seedrandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

/** Stationary AR(1) with normal law of mean 0 and variance 1; `phi` is its correlation from hour to hour. */
function autoregression(normal, phi) {
  let z = normal();
  return () => (z = phi * z + Math.sqrt(1 - phi * phi) * normal());
}

function csv(comments, watts) {
  return [...comments.map((line) => `# ${line}`), 'power_W', ...watts, ''].join('\n');
}

/** Latitude 45° north; the panel faces the equator and is tilted by 35°. */
const LATITUDE = 45 * RADIANS;
const TILT = 35 * RADIANS;
/** Losses by heat, dirt and inverter. */
const PERFORMANCE = 0.85;

/**
 * Irradiance of the panel under a clear sky, kW/m², at a solar time in hours. Declination: Cooper 1969; air mass:
 * Kasten and Young 1989; beam: Meinel 1976, 1.353 · 0.7^(AM^0.678); diffuse: a tenth of the beam from an even sky.
 */
function clearSky(day, hour) {
  const declination = 23.45 * RADIANS * Math.sin((2 * Math.PI * (284 + day + 1)) / 365);
  const hourAngle = 15 * RADIANS * (hour - 12);
  const towards = (latitude) =>
    Math.sin(declination) * Math.sin(latitude) + Math.cos(declination) * Math.cos(latitude) * Math.cos(hourAngle);
  const cosZenith = towards(LATITUDE);
  if (cosZenith <= 0) return 0;
  const zenith = Math.acos(cosZenith) / RADIANS;
  const airMass = 1 / (cosZenith + 0.50572 * (96.07995 - zenith) ** -1.6364);
  const beam = 1.353 * 0.7 ** (airMass ** 0.678);
  return beam * (Math.max(0, towards(LATITUDE - TILT)) + (0.1 * (1 + Math.cos(TILT))) / 2);
}

/** Clouds: what passes of a clear sky's light, its spread within the state, and the mean hours that the state lasts. */
const SKIES = [
  { passes: 0.98, spread: 0.03, hours: 24 },
  { passes: 0.62, spread: 0.18, hours: 10 },
  { passes: 0.22, spread: 0.1, hours: 18 },
];

/**
 * The next sky: hourly Markov chain over clear, broken and overcast; from clear or overcast it goes through broken. In
 * winter clear skies end sooner and overcast ones later.
 */
function nextSky(sky, day, uniform) {
  const season = 1 + 0.4 * winter(day) * [1, 0, -1][sky];
  if (uniform() >= season / SKIES[sky].hours) return sky;
  if (sky !== 1) return 1;
  return uniform() < 0.5 + 0.2 * winter(day) ? 2 : 0;
}

/** Text of sun.csv: clear sky × clouds, the mean of six ten-minute points in each hour. */
export function sunCsv() {
  const { uniform, normal } = randomNumbers('batterywalk sun');
  const flicker = autoregression(normal, 0.8);
  const watts = [];
  let sky = 2;
  for (let day = 0; day < DAYS; day++) {
    for (let hour = 0; hour < 24; hour++) {
      sky = nextSky(sky, day, uniform);
      const { passes, spread } = SKIES[sky];
      const cloud = Math.min(1, Math.max(0.05, passes + spread * flicker()));
      let light = 0;
      for (let k = 0; k < 6; k++) light += clearSky(day, hour + (k + 0.5) / 6) / 6;
      watts.push(Math.min(RATED_WATTS, Math.round(RATED_WATTS * PERFORMANCE * light * cloud)));
    }
  }
  return csv(
    [
      'A made year of sun: mean power in each hour of 1000 W of panels at 45 degrees north, tilted by 35 degrees.',
      '8760 hours from 1 January 00:00, solar time. Made by generate.mjs; nothing here was measured.',
    ],
    watts,
  );
}

/** Φ(z), to 7.5e-8 (Abramowitz and Stegun 26.2.17). */
function normalCdf(z) {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return z > 0 ? 1 - tail : tail;
}

/**
 * Speeds in m/s: the scale of the Weibull law over the year, its shape, and where a turbine starts, is full, and stops.
 */
const WIND = { scale: 7.5, shape: 2, cutIn: 3, rated: 12, cutOut: 25 };

/** Share of rated power at a speed: cubic from cut-in to rated. */
function turbine(speed) {
  const { cutIn, rated, cutOut } = WIND;
  if (speed < cutIn || speed >= cutOut) return 0;
  return speed >= rated ? 1 : (speed ** 3 - cutIn ** 3) / (rated ** 3 - cutIn ** 3);
}

/**
 * Text of wind.csv: an AR(1) through a Gaussian copula gives Weibull speeds, stronger in winter and in the afternoon.
 */
export function windCsv() {
  const { normal } = randomNumbers('batterywalk wind');
  const gust = autoregression(normal, 0.97);
  const watts = [];
  for (let day = 0; day < DAYS; day++) {
    for (let hour = 0; hour < 24; hour++) {
      const afternoon = Math.cos((2 * Math.PI * (hour - 15)) / 24);
      const scale = WIND.scale * (1 + 0.15 * winter(day)) * (1 + 0.08 * afternoon);
      const speed = scale * (-Math.log(normalCdf(-gust()))) ** (1 / WIND.shape);
      watts.push(Math.round(RATED_WATTS * turbine(speed)));
    }
  }
  return csv(
    [
      'A made year of wind: mean power in each hour of a turbine of 1000 W.',
      '8760 hours from 1 January 00:00. Made by generate.mjs; nothing here was measured.',
    ],
    watts,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('sun.csv', import.meta.url), sunCsv());
  writeFileSync(new URL('wind.csv', import.meta.url), windCsv());
}
