/** What is doubtful in a series that was read: the sun by night, days that are not whole. */
import type { Clock } from './clock.js';
import type { TraceWarning } from './refusal.js';
import type { Series } from './series-rows.js';
import { isSunHeader } from './vocabulary.js';

const DAY_SECONDS = 86_400;
const MINUTE = 60_000;

/** The middle of the sun's day lies between these hours of local time, whatever clocks and seasons do. */
const EARLIEST_NOON = 8;
const LATEST_NOON = 17;
/** The sun is dark for at least this part of what it is at most. */
const DARK = 0.05;

/** Mean of each hour of the clock, in the zone's time or by the longitude; undefined where there is no such time. */
function byHour(series: Series, clock: Clock | undefined, longitude: number | undefined): Float64Array | undefined {
  const { first, secondsPerValue, measured } = series;
  if (clock === undefined || first === undefined || clock.kind === 'seconds' || secondsPerValue > 3 * 3600)
    return undefined;
  const isUtc = clock.kind === 'zoned' && (clock.zone === undefined || clock.zone.name === 'UTC');
  if (isUtc && longitude === undefined) return undefined;
  const sums = new Float64Array(24);
  const counts = new Float64Array(24);
  measured.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    const middle = first + (i + 0.5) * secondsPerValue * 1000;
    const shift =
      longitude === undefined ? (clock.zone?.offsetAt(middle) ?? 0) : clock.kind === 'zoned' ? longitude * 4 : 0;
    const hour = Math.floor((((middle + shift * MINUTE) % 86_400_000) + 86_400_000) / 3_600_000) % 24;
    sums[hour] += value;
    counts[hour]++;
  });
  return sums.map((sum, hour) => (counts[hour] === 0 ? 0 : sum / counts[hour]));
}

function sunDoubts(series: Series, clock: Clock | undefined, longitude: number | undefined): TraceWarning[] {
  const { measured, secondsPerValue } = series;
  const known = measured.filter((value) => !Number.isNaN(value)).length;
  if (known * secondsPerValue < DAY_SECONDS) return [];
  const hours = byHour(series, clock, longitude);
  if (hours === undefined) return [];
  let [x, y, most] = [0, 0, 0];
  hours.forEach((mean, hour) => {
    x += mean * Math.cos((2 * Math.PI * (hour + 0.5)) / 24);
    y += mean * Math.sin((2 * Math.PI * (hour + 0.5)) / 24);
    most = Math.max(most, mean);
  });
  const noon = ((Math.atan2(y, x) * 24) / (2 * Math.PI) + 24) % 24;
  const darkest = hours.reduce((a, b) => Math.min(a, b));
  if (secondsPerValue <= 3600 && darkest > DARK * most) {
    const message = 'the sun shines around the clock: is it another column, or another source?';
    return [{ code: 'sunAtNight', message, key: 'column' }];
  }
  if (noon > EARLIEST_NOON && noon < LATEST_NOON) return [];
  const at = `${String(Math.floor(noon)).padStart(2, '0')}:${String(Math.floor((noon % 1) * 60)).padStart(2, '0')}`;
  const zone = clock?.zone?.name ?? 'local time';
  const message = `the middle of the sun's day is at ${at} ${zone}: are times of another zone?`;
  return [{ code: 'sunAtNight', message, key: 'timeZone' }];
}

/** @param longitude of the file's place, degrees east */
export function seriesDoubts(
  series: Series,
  clock: Clock | undefined,
  header: string,
  longitude: number | undefined,
): TraceWarning[] {
  const { measured, secondsPerValue } = series;
  const doubts = isSunHeader(header) ? sunDoubts(series, clock, longitude) : [];
  const seconds = measured.length * secondsPerValue;
  if (clock !== undefined && clock.kind !== 'seconds' && seconds > DAY_SECONDS && seconds % DAY_SECONDS !== 0) {
    const days = Number((seconds / DAY_SECONDS).toPrecision(4));
    const message =
      `${days} days are not whole: in a loop every round starts at another hour; ` +
      'cut the file at whole days or give "play": "bootstrap"';
    doubts.push({ code: 'partDays', message, key: 'play' });
  }
  return doubts;
}
