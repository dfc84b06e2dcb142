/** Lines of equal value over a grid of places, between neighbours by straight lines (marching squares). */

/** A straight piece of a line, in places of the grid. */
export interface Piece {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

type Point = readonly [number, number];

/**
 * The line along which a grid has a value.
 *
 * @param at the value at a place; no line goes through squares that have one that is not finite.
 */
export function isoline(at: (x: number, y: number) => number, width: number, height: number, level: number): Piece[] {
  const pieces: Piece[][] = [];
  for (let y = 0; y + 1 < height; y++) {
    for (let x = 0; x + 1 < width; x++) {
      const corners: Point[] = [
        [x, y],
        [x + 1, y],
        [x + 1, y + 1],
        [x, y + 1],
      ];
      const values = corners.map(([i, j]) => at(i, j));
      if (values.every((value) => Number.isFinite(value))) pieces.push(inSquare(corners, values, level));
    }
  }
  return pieces.flat();
}

function inSquare(corners: readonly Point[], values: readonly number[], level: number): Piece[] {
  const crossings: Point[] = [];
  corners.forEach((from, i) => {
    const next = (i + 1) % 4;
    const [a, b] = [values[i], values[next]];
    if (a >= level === b >= level) return;
    const t = (level - a) / (b - a);
    const to = corners[next];
    crossings.push([from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])]);
  });
  const piece = (a: Point, b: Point): Piece => ({ x1: a[0], y1: a[1], x2: b[0], y2: b[1] });
  if (crossings.length === 2) return [piece(crossings[0], crossings[1])];
  if (crossings.length !== 4) return [];
  // A saddle: the middle says which corners belong together.
  const middle = values.reduce((sum, value) => sum + value, 0) / 4;
  const first = middle >= level === values[0] >= level ? [1, 2, 3, 0] : [0, 1, 2, 3];
  // With the first corner and the middle alike, crossings beside the second and the fourth corner go together.
  return first[0] === 1
    ? [piece(crossings[0], crossings[1]), piece(crossings[2], crossings[3])]
    : [piece(crossings[3], crossings[0]), piece(crossings[1], crossings[2])];
}
