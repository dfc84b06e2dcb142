/**
 * Room for numbers that a computation needs while it lasts: kept for the next, since laws are made by the thousand and
 * memory of this size, taken and dropped each time, costs as much as what is computed in it.
 */
export class Scratch {
  private array = new Float64Array(0);

  /** `length` numbers of any value, until the next call. */
  of(length: number): Float64Array {
    if (this.array.length < length) this.array = new Float64Array(2 ** Math.ceil(Math.log2(length)));
    return this.array.subarray(0, length);
  }
}
