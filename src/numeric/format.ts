/** Numbers as people read them. */

/** A number of `digits` significant digits, without exponent between 1e-4 and 1e9. */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return '—';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e9) return value.toExponential(digits - 1);
  const rounded = Number(value.toPrecision(digits));
  const decimals = digits - 1 - Math.floor(Math.log10(Math.abs(rounded)));
  return rounded.toFixed(Math.max(0, decimals));
}

/** A count with thousands set apart by commas: `1,000,000`. */
export function formatCount(value: number): string {
  return Number.isFinite(value) ? value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ',') : '—';
}
