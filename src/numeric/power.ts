/**
 * base^exponent for base > 0 from exp and log: builds of one JavaScript engine agree on those to the last bit (fdlibm),
 * not on `**` with a fractional exponent, and tables of laws must be the same in Node and in a browser.
 */
export function power(base: number, exponent: number): number {
  return Math.exp(exponent * Math.log(base));
}

/** The same for a whole exponent ≥ 0, by multiplication. */
export function wholePower(base: number, exponent: number): number {
  let out = 1;
  for (let i = 0; i < exponent; i++) out *= base;
  return out;
}
