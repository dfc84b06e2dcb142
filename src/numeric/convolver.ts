/**
 * Circular convolutions of real sequences with a kernel that is transformed once: two at a time, as real and imaginary
 * part of one complex sequence. In WebAssembly SIMD (kernels/wasm/fourier.ts) where the host has it, by fft.js where it
 * has not.
 */
import FFT from 'fft.js';
import bytes from '../../kernels/wasm/fourier.wasm';

/** A kernel's transform over its length, in the order of whoever made it: real parts, then imaginary parts. */
export type ConvolutionKernel = Float64Array;

/** The transforms of one length. */
interface Transforms {
  kernel(grid: Float64Array): ConvolutionKernel;
  /** Values are read from, and written to, the first places; the rest of the sequences is 0. */
  convolve(kernel: ConvolutionKernel, first: Float64Array, second: Float64Array | undefined, length: number): Pair;
}

type Pair = [first: Float64Array, second: Float64Array];

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

  /** The first `length` values of a sequence convolved with a kernel; the sequence ends in zeros. */
  convolve(kernel: ConvolutionKernel, sequence: Float64Array, length = sequence.length): Float64Array {
    return this.transforms.convolve(kernel, sequence, undefined, length)[0];
  }

  /** As `convolve`, of two sequences for the price of one. */
  convolvePair(kernel: ConvolutionKernel, first: Float64Array, second: Float64Array, length = first.length): Pair {
    return this.transforms.convolve(kernel, first, second, length);
  }
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
    convolve(kernel, first, second = NONE, length) {
      load(first, second);
      for (let k = 0; k < size; k++) {
        const [a, b, c, d] = [product[2 * k], product[2 * k + 1], kernel[k], kernel[size + k]];
        product[2 * k] = a * c - b * d;
        product[2 * k + 1] = a * d + b * c;
      }
      fft.inverseTransform(data, product);
      const part = (of: 0 | 1): Float64Array => Float64Array.from({ length }, (_, k) => data[2 * k + of]);
      return [part(0), second === NONE ? NONE : part(1)];
    },
  };
}

/** What kernels/wasm/fourier.ts exports. Addresses are in bytes. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  forward(re: number, im: number, length: number, tables: number, halves: number): void;
  inverse(re: number, im: number, length: number, tables: number, halves: number): void;
  multiply(re: number, im: number, byRe: number, byIm: number, length: number): void;
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

/** An instance and what lies in its memory: tables of each length, and four sequences that all lengths share. */
class Fourier {
  /** The end of what is used, bytes. The module itself keeps nothing. */
  private end = LINE;
  private work = { size: 0, re: 0, im: 0, byRe: 0, byIm: 0 };

  /** The kernel that `byRe` and `byIm` hold: the same is often asked for again. */
  private loaded: ConvolutionKernel | undefined;

  constructor(private readonly exports: Exports) {}

  /** @returns undefined where there is no memory for them. */
  transforms(size: number): Transforms | undefined {
    try {
      if (size > this.work.size) {
        const [re, im, byRe, byIm] = [0, 0, 0, 0].map(() => this.take(size));
        this.work = { size, re, im, byRe, byIm };
        this.loaded = undefined;
      }
      return this.with(size, this.tables(size));
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  private with(size: number, [tables, halves]: readonly [number, number]): Transforms {
    const { exports } = this;
    const load = (at: number, values: Float64Array): void => {
      const place = this.view(at, size);
      place.set(values);
      place.fill(0, values.length);
    };
    return {
      kernel: (grid) => {
        const { re, im } = this.work;
        load(re, grid);
        load(im, NONE);
        exports.forward(re, im, size, tables, halves);
        const kernel = new Float64Array(2 * size);
        kernel.set(this.view(re, size));
        kernel.set(this.view(im, size), size);
        return kernel.map((value) => value / size);
      },
      convolve: (kernel, first, second = NONE, length) => {
        const { re, im, byRe, byIm } = this.work;
        load(re, first);
        load(im, second);
        if (this.loaded !== kernel) {
          this.view(byRe, size).set(kernel.subarray(0, size));
          this.view(byIm, size).set(kernel.subarray(size));
          this.loaded = kernel;
        }
        exports.forward(re, im, size, tables, halves);
        exports.multiply(re, im, byRe, byIm, size);
        exports.inverse(re, im, size, tables, halves);
        return [this.view(re, length).slice(), second === NONE ? NONE : this.view(im, length).slice()];
      },
    };
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

  /** Twiddles as the module reads them: of the powers of four, and of the stage of radix 2. */
  private tables(size: number): [tables: number, halves: number] {
    const isOdd = Math.log2(size) % 2 === 1;
    const four = isOdd ? size / 2 : size;
    const tables = this.take(Math.max(0, (four - 16) / 2) + (3 * four) / 2);
    const halves = this.take(isOdd ? size : 0);
    for (let length = 16; length <= four; length *= 4) {
      this.twiddles(tables + 4 * (length - 16), length, length / 4, 3);
    }
    if (isOdd) this.twiddles(halves, size, size / 2, 1);
    return [tables, halves];
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
