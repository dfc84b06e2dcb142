/**
 * Circular convolutions of real sequences with a kernel that is transformed once: two at a time, as real and imaginary
 * part of one complex sequence. In WebAssembly SIMD (kernels/wasm/fourier.ts) where the host has it, by fft.js where it
 * has not.
 */
import FFT from 'fft.js';
import bytes from '../../kernels/wasm/fourier.wasm';

/** A kernel's transform over its length, in the order of whoever made it: real parts, then imaginary parts. */
export type ConvolutionKernel = Float64Array;

/** A sequence that ends in zeros, and what it is convolved with. */
export interface Convolved {
  readonly kernel: ConvolutionKernel;
  readonly values: Float64Array;
}

/** The transforms of one length. */
interface Transforms {
  kernel(grid: Float64Array): ConvolutionKernel;
  /** The first `length` values of one convolution, or of two whose sequences are of like size. */
  convolve(first: Convolved, second: Convolved | undefined, scale: number, length: number): readonly Float64Array[];
}

const NONE = new Float64Array(0);

const convolvers = new Map<number, Convolver>();

export class Convolver {
  private constructor(private readonly transforms: Transforms) {}

  /** That of a length, a power of two ≥ 8. */
  static of(size: number): Convolver {
    let known = convolvers.get(size);
    if (known === undefined) {
      fourier ??= openFourier();
      known = new Convolver((fourier === 'none' ? undefined : fourier.transforms(size)) ?? plainTransforms(size));
      convolvers.set(size, known);
    }
    return known;
  }

  /** Without WebAssembly: the check of the other. */
  static plain(size: number): Convolver {
    return new Convolver(plainTransforms(size));
  }

  /** The transform of a kernel, which may be shorter than the size. */
  kernel(grid: Float64Array): ConvolutionKernel {
    return this.transforms.kernel(grid);
  }

  /** The first `length` values of a sequence convolved with a kernel. */
  convolve(kernel: ConvolutionKernel, values: Float64Array, length = values.length): Float64Array {
    return this.transforms.convolve({ kernel, values }, undefined, 1, length)[0];
  }

  /** As `convolve`, of two sequences for little more than the price of one, the less where their kernel is the same. */
  convolvePair(first: Convolved, second: Convolved, length = first.values.length): readonly Float64Array[] {
    return this.transforms.convolve(first, second, likeness(first.values, second.values), length);
  }
}

/** A power of two, exact to multiply by, that makes another sequence as large: rounding of one is felt by the other. */
function likeness(values: Float64Array, others: Float64Array): number {
  const ratio = peakOf(values) / peakOf(others);
  return ratio > 0 && ratio < Infinity ? 2 ** Math.round(Math.log2(ratio)) : 1;
}

function peakOf(values: Float64Array): number {
  let peak = 0;
  for (let k = 0; k < values.length; k++) peak = Math.max(peak, Math.abs(values[k]));
  return peak;
}

function plainTransforms(size: number): Transforms {
  const fft = new FFT(size);
  const data = new Float64Array(2 * size);
  const product = new Float64Array(2 * size);
  const load = (re: Float64Array, im: Float64Array): void => {
    data.fill(0);
    re.forEach((value, k) => (data[2 * k] = value));
    im.forEach((value, k) => (data[2 * k + 1] = value));
    fft.transform(product, data);
  };
  return {
    kernel(grid) {
      load(grid, NONE);
      return Float64Array.from(product, (_, i) => product[i < size ? 2 * i : 2 * (i - size) + 1]);
    },
    convolve(first, second, _, length) {
      return [first, ...(second === undefined ? [] : [second])].map(({ kernel, values }) => {
        load(values, NONE);
        for (let k = 0; k < size; k++) {
          const [a, b, c, d] = [product[2 * k], product[2 * k + 1], kernel[k], kernel[size + k]];
          product[2 * k] = a * c - b * d;
          product[2 * k + 1] = a * d + b * c;
        }
        fft.inverseTransform(data, product);
        return Float64Array.from({ length }, (_value, k) => data[2 * k]);
      });
    },
  };
}

/** What kernels/wasm/fourier.ts exports. Addresses are in bytes. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  forward(re: number, im: number, length: number, tables: number, halves: number): void;
  inverse(re: number, im: number, length: number, tables: number, halves: number): void;
  multiply(re: number, im: number, byRe: number, byIm: number, length: number): void;
  multiplyTwo(
    re: number,
    im: number,
    firstRe: number,
    firstIm: number,
    secondRe: number,
    secondIm: number,
    mirror: number,
    length: number,
  ): void;
}

/** The module's only instance, once it is asked for. */
let fourier: Fourier | 'none' | undefined;

/** `none` where the host has no WebAssembly with SIMD, or a page's policy forbids it. */
function openFourier(): Fourier | 'none' {
  const { WebAssembly: wasm } = globalThis as { WebAssembly?: typeof WebAssembly };
  try {
    if (wasm?.validate(bytes) !== true) return 'none';
    return new Fourier(new wasm.Instance(new wasm.Module(bytes)).exports as unknown as Exports);
  } catch (error) {
    if (error instanceof Error && error.name === 'CompileError') return 'none';
    throw error;
  }
}

const PAGE = 2 ** 16;
/** Bytes of a double. */
const DOUBLE = 8;
/** A cache line, bytes. */
const LINE = 64;

/** Addresses of a transform's tables: twiddles of powers of four, of the stage of radix 2, places of −frequencies. */
interface Tables {
  readonly twiddles: number;
  readonly halves: number;
  readonly mirror: number;
}

/** Places that all lengths up to a size share: of a complex sequence, and of two kernels, with the one each holds. */
interface Work {
  readonly size: number;
  readonly re: number;
  readonly im: number;
  readonly kernels: readonly { readonly re: number; readonly im: number; loaded: ConvolutionKernel | undefined }[];
}

/** An instance and what lies in its memory: tables of each length, and sequences and kernels that all lengths share. */
class Fourier {
  /** The end of what is used, bytes. The module itself keeps nothing. */
  private end = LINE;
  /** That of the largest length so far. */
  private work: Work = { size: 0, re: 0, im: 0, kernels: [] };

  constructor(private readonly exports: Exports) {}

  /** @returns undefined where there is no memory for them. */
  transforms(size: number): Transforms | undefined {
    try {
      // Kept only once all of it is there: a smaller length may still find memory where this one does not.
      if (size > this.work.size) this.work = this.takeWork(size);
      return this.with(size, this.tables(size));
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  private takeWork(size: number): Work {
    const pair = () => ({ re: this.take(size), im: this.take(size) });
    return { size, ...pair(), kernels: [pair(), pair()].map((place) => ({ ...place, loaded: undefined })) };
  }

  private with(size: number, { twiddles, halves, mirror }: Tables): Transforms {
    const { exports } = this;
    return {
      kernel: (grid) => {
        const { re, im } = this.work;
        this.load(re, size, grid, 1);
        this.load(im, size, NONE, 1);
        exports.forward(re, im, size, twiddles, halves);
        const kernel = new Float64Array(2 * size);
        kernel.set(this.view(re, size));
        kernel.set(this.view(im, size), size);
        return kernel.map((value) => value / size);
      },
      convolve: (first, second, scale, length) => {
        const { re, im } = this.work;
        const kernel = second?.kernel ?? first.kernel;
        this.load(re, size, first.values, 1);
        this.load(im, size, second?.values ?? NONE, scale);
        exports.forward(re, im, size, twiddles, halves);
        const own = this.placeOf(0, first.kernel);
        if (kernel === first.kernel) exports.multiply(re, im, own.re, own.im, size);
        else {
          const other = this.placeOf(1, kernel);
          exports.multiplyTwo(re, im, own.re, own.im, other.re, other.im, mirror, size);
        }
        exports.inverse(re, im, size, twiddles, halves);
        const out = this.view(re, length).slice();
        return second === undefined ? [out] : [out, this.view(im, length).map((value) => value / scale)];
      },
    };
  }

  private load(at: number, size: number, values: Float64Array, scale: number): void {
    const place = this.view(at, size);
    if (scale === 1) place.set(values);
    else for (let k = 0; k < values.length; k++) place[k] = values[k] * scale;
    place.fill(0, values.length);
  }

  private placeOf(index: 0 | 1, kernel: ConvolutionKernel): { readonly re: number; readonly im: number } {
    const place = this.work.kernels[index];
    if (place.loaded !== kernel) {
      const size = kernel.length / 2;
      this.view(place.re, size).set(kernel.subarray(0, size));
      this.view(place.im, size).set(kernel.subarray(size));
      place.loaded = kernel;
    }
    return place;
  }

  /** A view of doubles; growing memory ends it. */
  private view(at: number, length: number): Float64Array {
    return new Float64Array(this.exports.memory.buffer, at, length);
  }

  /** Memory for doubles, never given back. @throws {RangeError} where there is none */
  private take(doubles: number): number {
    const { memory } = this.exports;
    const at = this.end;
    const end = at + Math.ceil((DOUBLE * doubles) / LINE) * LINE;
    if (end > memory.buffer.byteLength) memory.grow(Math.ceil(end / PAGE) - memory.buffer.byteLength / PAGE);
    this.end = end;
    return at;
  }

  /** Twiddles as the module reads them, of the powers of four and of the stage of radix 2, and mirrored places. */
  private tables(size: number): Tables {
    const isOdd = Math.log2(size) % 2 === 1;
    const four = isOdd ? size / 2 : size;
    const tables = {
      twiddles: this.take(Math.max(0, (four - 16) / 2) + (3 * four) / 2),
      halves: this.take(isOdd ? size : 0),
      mirror: this.take(size / 2),
    };
    for (let length = 16; length <= four; length *= 4) {
      this.twiddles(tables.twiddles + 4 * (length - 16), length, length / 4, 3);
    }
    if (isOdd) this.twiddles(tables.halves, size, size / 2, 1);
    this.mirror(size, tables);
    return tables;
  }

  /** Where the module puts which frequency is seen on exp(−2πik/size), the transform of a 1 at place 1. */
  private mirror(size: number, { twiddles, halves, mirror }: Tables): void {
    const { re, im } = this.work;
    this.load(re, size, Float64Array.of(0, 1), 1);
    this.load(im, size, NONE, 1);
    this.exports.forward(re, im, size, twiddles, halves);
    const [cosines, sines] = [this.view(re, size), this.view(im, size)];
    const frequencyAt = (place: number): number =>
      (Math.round((-Math.atan2(sines[place], cosines[place]) * size) / (2 * Math.PI)) + size) % size;
    const placeOf = new Int32Array(size);
    for (let place = 0; place < size; place++) placeOf[frequencyAt(place)] = place;
    const out = new Int32Array(this.exports.memory.buffer, mirror, size);
    for (let place = 0; place < size; place++) out[place] = placeOf[(size - frequencyAt(place)) % size];
  }

  /** Powers 1 … `powers` of exp(−2πij/length), j < places, two places at a time. */
  private twiddles(at: number, length: number, places: number, powers: number): void {
    const out = this.view(at, 2 * places * powers);
    let next = 0;
    for (let j = 0; j < places; j += 2) {
      for (let power = 1; power <= powers; power++) {
        for (const part of [Math.cos, Math.sin]) {
          for (const place of [j, j + 1]) out[next++] = part((-2 * Math.PI * ((place * power) % length)) / length);
        }
      }
    }
  }
}
