/** The order of a column's times, and typical years: months of several years in one file. */

const DAY = 86_400_000;

/** Whether values never rise where they should fall, or never fall where they should rise. */
export function direction(values: Float64Array): { readonly falls: number; readonly rises: number } {
  let [falls, rises] = [0, 0];
  for (let i = 1; i < values.length; i++) {
    if (values[i] < values[i - 1]) falls++;
    else if (values[i] > values[i - 1]) rises++;
  }
  return { falls, rises };
}

/** Months of a typical year are of several years: all get one, in which the days are those that there are. */
export function oneYear(walls: Float64Array): Float64Array {
  const years = new Set<number>();
  let hasLeapDay = false;
  for (const wall of walls) {
    const date = new Date(wall);
    years.add(date.getUTCFullYear());
    hasLeapDay ||= date.getUTCMonth() === 1 && date.getUTCDate() === 29;
  }
  if (years.size < 2) return walls;
  let year = new Date(walls[0]).getUTCFullYear();
  const isLeap = (y: number): boolean => y % 4 === 0 && (y % 100 !== 0 || y % 400 === 0);
  while (isLeap(year) !== hasLeapDay) year++;
  let last = -Infinity;
  return walls.map((wall) => {
    const date = new Date(wall);
    const day = (y: number): number => Date.UTC(y, date.getUTCMonth(), date.getUTCDate());
    const moved = day(year) + (wall % DAY);
    // A stamp at the end of the year's last hour is the first of the next year.
    last = moved < last && moved === Date.UTC(year, 0, 1) ? Date.UTC(year + 1, 0, 1) : moved;
    return last;
  });
}

/** Rows that go back in years but on in months are those of a typical year. */
export function isYearsByMonth(walls: Float64Array, isMixed: boolean): boolean {
  if (!isMixed || walls.length < 48) return false;
  const { falls } = direction(oneYear(walls));
  return falls === 0;
}
