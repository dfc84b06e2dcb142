/**
 * Complex Fourier transforms in doubles, two at a time, for convolutions (src/numeric/convolver.ts). Real and imaginary
 * parts lie apart, so that two neighbours share a vector. The forward transform (decimation in frequency, radix 4)
 * leaves its result in digit-reversed order; the inverse (decimation in time, without the factor 1/length) takes it
 * from there: nothing is ever put in order. A length that is twice a power of four begins, or ends, with one stage of
 * radix 2.
 *
 * Twiddles of a length L, w = exp(−2πi/L): for every two places j, j + 1 below L/4 the real parts of w^j, then the
 * imaginary ones, then those of w^2j and w^3j. Tables of L = 16, 64, 256, … follow each other. The stage of radix 2 has
 * w^j alone, j < L/2.
 */

/** Blocks that fit the first-level cache with their twiddles are done stage by stage, larger ones depth first. */
const SMALL: i32 = 1024;

/** The address of a double. */
function at(base: usize, index: i32): usize {
  return base + ((<usize>index) << 3);
}

/** One stage of radix 4: a block becomes its four quarters, each of which is then transformed by itself. */
function forwardStage(re: usize, im: usize, length: i32, twiddles: usize): void {
  const q = length >> 2;
  const step = (<usize>q) << 3;
  let w = twiddles;
  for (let j = 0; j < q; j += 2) {
    const r0 = re + ((<usize>j) << 3);
    const i0 = im + ((<usize>j) << 3);
    const ar = v128.load(r0);
    const br = v128.load(r0 + step);
    const cr = v128.load(r0 + 2 * step);
    const dr = v128.load(r0 + 3 * step);
    const ai = v128.load(i0);
    const bi = v128.load(i0 + step);
    const ci = v128.load(i0 + 2 * step);
    const di = v128.load(i0 + 3 * step);
    const t0r = f64x2.add(ar, cr);
    const t0i = f64x2.add(ai, ci);
    const t1r = f64x2.sub(ar, cr);
    const t1i = f64x2.sub(ai, ci);
    const t2r = f64x2.add(br, dr);
    const t2i = f64x2.add(bi, di);
    // −i (b − d)
    const t3r = f64x2.sub(bi, di);
    const t3i = f64x2.sub(dr, br);
    v128.store(r0, f64x2.add(t0r, t2r));
    v128.store(i0, f64x2.add(t0i, t2i));
    const y1r = f64x2.add(t1r, t3r);
    const y1i = f64x2.add(t1i, t3i);
    const y2r = f64x2.sub(t0r, t2r);
    const y2i = f64x2.sub(t0i, t2i);
    const y3r = f64x2.sub(t1r, t3r);
    const y3i = f64x2.sub(t1i, t3i);
    const w1r = v128.load(w);
    const w1i = v128.load(w, 16);
    const w2r = v128.load(w, 32);
    const w2i = v128.load(w, 48);
    const w3r = v128.load(w, 64);
    const w3i = v128.load(w, 80);
    w += 96;
    v128.store(r0 + step, f64x2.sub(f64x2.mul(y1r, w1r), f64x2.mul(y1i, w1i)));
    v128.store(i0 + step, f64x2.add(f64x2.mul(y1r, w1i), f64x2.mul(y1i, w1r)));
    v128.store(r0 + 2 * step, f64x2.sub(f64x2.mul(y2r, w2r), f64x2.mul(y2i, w2i)));
    v128.store(i0 + 2 * step, f64x2.add(f64x2.mul(y2r, w2i), f64x2.mul(y2i, w2r)));
    v128.store(r0 + 3 * step, f64x2.sub(f64x2.mul(y3r, w3r), f64x2.mul(y3i, w3i)));
    v128.store(i0 + 3 * step, f64x2.add(f64x2.mul(y3r, w3i), f64x2.mul(y3i, w3r)));
  }
}

/** The mirror of forwardStage. */
function inverseStage(re: usize, im: usize, length: i32, twiddles: usize): void {
  const q = length >> 2;
  const step = (<usize>q) << 3;
  let w = twiddles;
  for (let j = 0; j < q; j += 2) {
    const r0 = re + ((<usize>j) << 3);
    const i0 = im + ((<usize>j) << 3);
    const w1r = v128.load(w);
    const w1i = v128.load(w, 16);
    const w2r = v128.load(w, 32);
    const w2i = v128.load(w, 48);
    const w3r = v128.load(w, 64);
    const w3i = v128.load(w, 80);
    w += 96;
    let xr = v128.load(r0 + step);
    let xi = v128.load(i0 + step);
    // times the conjugate
    const br = f64x2.add(f64x2.mul(xr, w1r), f64x2.mul(xi, w1i));
    const bi = f64x2.sub(f64x2.mul(xi, w1r), f64x2.mul(xr, w1i));
    xr = v128.load(r0 + 2 * step);
    xi = v128.load(i0 + 2 * step);
    const cr = f64x2.add(f64x2.mul(xr, w2r), f64x2.mul(xi, w2i));
    const ci = f64x2.sub(f64x2.mul(xi, w2r), f64x2.mul(xr, w2i));
    xr = v128.load(r0 + 3 * step);
    xi = v128.load(i0 + 3 * step);
    const dr = f64x2.add(f64x2.mul(xr, w3r), f64x2.mul(xi, w3i));
    const di = f64x2.sub(f64x2.mul(xi, w3r), f64x2.mul(xr, w3i));
    const ar = v128.load(r0);
    const ai = v128.load(i0);
    const t0r = f64x2.add(ar, cr);
    const t0i = f64x2.add(ai, ci);
    const t1r = f64x2.sub(ar, cr);
    const t1i = f64x2.sub(ai, ci);
    const t2r = f64x2.add(br, dr);
    const t2i = f64x2.add(bi, di);
    // i (b − d)
    const t3r = f64x2.sub(di, bi);
    const t3i = f64x2.sub(br, dr);
    v128.store(r0, f64x2.add(t0r, t2r));
    v128.store(i0, f64x2.add(t0i, t2i));
    v128.store(r0 + step, f64x2.add(t1r, t3r));
    v128.store(i0 + step, f64x2.add(t1i, t3i));
    v128.store(r0 + 2 * step, f64x2.sub(t0r, t2r));
    v128.store(i0 + 2 * step, f64x2.sub(t0i, t2i));
    v128.store(r0 + 3 * step, f64x2.sub(t1r, t3r));
    v128.store(i0 + 3 * step, f64x2.sub(t1i, t3i));
  }
}

/** Blocks of four (forward): sums across lanes. */
function forwardFours(re: usize, im: usize, count: i32): void {
  const end = re + ((<usize>count) << 3);
  for (; re < end; re += 32, im += 32) {
    const r01 = v128.load(re);
    const r23 = v128.load(re, 16);
    const i01 = v128.load(im);
    const i23 = v128.load(im, 16);
    const sr = f64x2.add(r01, r23); // a+c, b+d
    const si = f64x2.add(i01, i23);
    const dr = f64x2.sub(r01, r23); // a−c, b−d
    const di = f64x2.sub(i01, i23);
    // [t0, t1] and [t2, t3]; t3 = −i (b − d): re = Im(b − d), im = −Re(b − d)
    const fr = v128.shuffle<f64>(sr, dr, 0, 2);
    const fi = v128.shuffle<f64>(si, di, 0, 2);
    const gr = v128.shuffle<f64>(sr, di, 1, 3);
    const gi = v128.shuffle<f64>(si, f64x2.neg(dr), 1, 3);
    v128.store(re, f64x2.add(fr, gr));
    v128.store(re, f64x2.sub(fr, gr), 16);
    v128.store(im, f64x2.add(fi, gi));
    v128.store(im, f64x2.sub(fi, gi), 16);
  }
}

/** Blocks of four (inverse): the mirror of forwardFours. */
function inverseFours(re: usize, im: usize, count: i32): void {
  const end = re + ((<usize>count) << 3);
  for (; re < end; re += 32, im += 32) {
    const r01 = v128.load(re);
    const r23 = v128.load(re, 16);
    const i01 = v128.load(im);
    const i23 = v128.load(im, 16);
    const sr = f64x2.add(r01, r23); // [t0, t2] with y0+y2, y1+y3
    const si = f64x2.add(i01, i23);
    const dr = f64x2.sub(r01, r23); // [t1, y1−y3]
    const di = f64x2.sub(i01, i23);
    // t3 = i (y1 − y3): re = −Im, im = Re
    const fr = v128.shuffle<f64>(sr, dr, 0, 2);
    const fi = v128.shuffle<f64>(si, di, 0, 2);
    const gr = v128.shuffle<f64>(sr, f64x2.neg(di), 1, 3);
    const gi = v128.shuffle<f64>(si, dr, 1, 3);
    v128.store(re, f64x2.add(fr, gr));
    v128.store(re, f64x2.sub(fr, gr), 16);
    v128.store(im, f64x2.add(fi, gi));
    v128.store(im, f64x2.sub(fi, gi), 16);
  }
}

/** One stage of radix 2. */
function forwardHalves(re: usize, im: usize, length: i32, w: usize): void {
  const h = length >> 1;
  const step = (<usize>h) << 3;
  for (let j = 0; j < h; j += 2) {
    const r0 = re + ((<usize>j) << 3);
    const i0 = im + ((<usize>j) << 3);
    const ar = v128.load(r0);
    const br = v128.load(r0 + step);
    const ai = v128.load(i0);
    const bi = v128.load(i0 + step);
    v128.store(r0, f64x2.add(ar, br));
    v128.store(i0, f64x2.add(ai, bi));
    const dr = f64x2.sub(ar, br);
    const di = f64x2.sub(ai, bi);
    const wr = v128.load(w);
    const wi = v128.load(w, 16);
    w += 32;
    v128.store(r0 + step, f64x2.sub(f64x2.mul(dr, wr), f64x2.mul(di, wi)));
    v128.store(i0 + step, f64x2.add(f64x2.mul(dr, wi), f64x2.mul(di, wr)));
  }
}

/** The mirror of forwardHalves. */
function inverseHalves(re: usize, im: usize, length: i32, w: usize): void {
  const h = length >> 1;
  const step = (<usize>h) << 3;
  for (let j = 0; j < h; j += 2) {
    const r0 = re + ((<usize>j) << 3);
    const i0 = im + ((<usize>j) << 3);
    const xr = v128.load(r0 + step);
    const xi = v128.load(i0 + step);
    const wr = v128.load(w);
    const wi = v128.load(w, 16);
    w += 32;
    const br = f64x2.add(f64x2.mul(xr, wr), f64x2.mul(xi, wi));
    const bi = f64x2.sub(f64x2.mul(xi, wr), f64x2.mul(xr, wi));
    const ar = v128.load(r0);
    const ai = v128.load(i0);
    v128.store(r0, f64x2.add(ar, br));
    v128.store(i0, f64x2.add(ai, bi));
    v128.store(r0 + step, f64x2.sub(ar, br));
    v128.store(i0 + step, f64x2.sub(ai, bi));
  }
}

/** A power of four, depth first, so that quarters are worked on while they are in the nearest cache. */
function forwardFour(re: usize, im: usize, length: i32, tables: usize): void {
  if (length <= SMALL) {
    for (let l = length; l > 4; l >>= 2) {
      const w = tables + tableOf(l);
      for (let b = 0; b < length; b += l) forwardStage(at(re, b), at(im, b), l, w);
    }
    forwardFours(re, im, length);
    return;
  }
  forwardStage(re, im, length, tables + tableOf(length));
  const q = length >> 2;
  for (let k = 0; k < 4; k++) forwardFour(at(re, k * q), at(im, k * q), q, tables);
}

function inverseFour(re: usize, im: usize, length: i32, tables: usize): void {
  if (length <= SMALL) {
    inverseFours(re, im, length);
    for (let l = 16; l <= length; l <<= 2) {
      const w = tables + tableOf(l);
      for (let b = 0; b < length; b += l) inverseStage(at(re, b), at(im, b), l, w);
    }
    return;
  }
  const q = length >> 2;
  for (let k = 0; k < 4; k++) inverseFour(at(re, k * q), at(im, k * q), q, tables);
  inverseStage(re, im, length, tables + tableOf(length));
}

/** Bytes before the twiddles of a length 16, 64, …: those of all shorter ones. */
function tableOf(length: i32): usize {
  // Three complex numbers for each place of a quarter: Σ 12 l over l = 16, 64, … < length.
  return 4 * (<usize>length - 16);
}

/**
 * Transforms in place.
 * @param length a power of two ≥ 8.
 * @param tables twiddles of the powers of four up to the length.
 * @param halves those of the stage of radix 2; not looked at where there is none.
 */
export function forward(re: usize, im: usize, length: i32, tables: usize, halves: usize): void {
  if ((ctz(length) & 1) == 0) {
    forwardFour(re, im, length, tables);
    return;
  }
  forwardHalves(re, im, length, halves);
  const h = length >> 1;
  forwardFour(re, im, h, tables);
  forwardFour(at(re, h), at(im, h), h, tables);
}

/** The inverse of `forward`, times the length. */
export function inverse(re: usize, im: usize, length: i32, tables: usize, halves: usize): void {
  if ((ctz(length) & 1) == 0) {
    inverseFour(re, im, length, tables);
    return;
  }
  const h = length >> 1;
  inverseFour(re, im, h, tables);
  inverseFour(at(re, h), at(im, h), h, tables);
  inverseHalves(re, im, length, halves);
}

/** Multiplies by a spectrum, place by place. */
export function multiply(re: usize, im: usize, byRe: usize, byIm: usize, length: i32): void {
  const end = re + ((<usize>length) << 3);
  for (; re < end; re += 16, im += 16, byRe += 16, byIm += 16) {
    const ar = v128.load(re);
    const ai = v128.load(im);
    const br = v128.load(byRe);
    const bi = v128.load(byIm);
    v128.store(re, f64x2.sub(f64x2.mul(ar, br), f64x2.mul(ai, bi)));
    v128.store(im, f64x2.add(f64x2.mul(ar, bi), f64x2.mul(ai, br)));
  }
}
