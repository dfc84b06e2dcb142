/**
 * Circular convolutions of complex sequences with a real kernel that is transformed once. In WebAssembly SIMD
 * (kernels/wasm/fourier.ts) where the host has it, by fft.js where it has not.
 */
import FFT from 'fft.js';
import bytes from '../../kernels/wasm/fourier.wasm';

/** A kernel's transform over its length, in the order of whoever made it: real parts, then imaginary parts. */
export type ConvolutionKernel = Float64Array;

/** The transforms of one length. */
interface Transforms {
  kernel(grid: Float64Array): ConvolutionKernel;
  /** Where the real and the imaginary parts of the sequence lie, in turn. */
  parts(): readonly [re: Float64Array, im: Float64Array];
  convolve(kernel: ConvolutionKernel): void;
}

const NONE = new Float64Array(0);

const convolvers = new Map<number, Convolver>();

/** Convolves two real sequences at once, the real and the imaginary part of one. */
export class Convolver {
  private constructor(
    readonly size: number,
    private readonly transforms: Transforms,
  ) {}

  /** That of a length, a power of two ≥ 8. */
  static of(size: number): Convolver {
    let known = convolvers.get(size);
    if (known === undefined) {
      fourier ??= openFourier();
      known = new Convolver(size, (fourier === 'none' ? undefined : fourier.transforms(size)) ?? plainTransforms(size));
      convolvers.set(size, known);
    }
    return known;
  }

  /** Without WebAssembly: the check of the other. */
  static plain(size: number): Convolver {
    return new Convolver(size, plainTransforms(size));
  }

  /** The transform of a kernel, which may be shorter than the size. */
  kernel(grid: Float64Array): ConvolutionKernel {
    return this.transforms.kernel(grid);
  }

  /** Both sequences, to be written and, after `convolve`, read; any other use of a convolver ends them. */
  parts(): readonly [re: Float64Array, im: Float64Array] {
    return this.transforms.parts();
  }

  /** Convolves both sequences with a kernel, in place. */
  convolve(kernel: ConvolutionKernel): void {
    this.transforms.convolve(kernel);
  }
}

function plainTransforms(size: number): Transforms {
  const fft = new FFT(size);
  const data = new Float64Array(2 * size);
  const product = new Float64Array(2 * size);
  const own = [new Float64Array(size), new Float64Array(size)] as const;
  const transform = (re: Float64Array, im: Float64Array): void => {
    data.fill(0);
    re.forEach((value, k) => (data[2 * k] = value));
    im.forEach((value, k) => (data[2 * k + 1] = value));
    fft.transform(product, data);
  };
  return {
    kernel(grid) {
      transform(grid, NONE);
      return Float64Array.from(product, (_, i) => product[i < size ? 2 * i : 2 * (i - size) + 1]);
    },
    parts: () => own,
    convolve(kernel) {
      const [re, im] = own;
      transform(re, im);
      for (let k = 0; k < size; k++) {
        const [a, b, c, d] = [product[2 * k], product[2 * k + 1], kernel[k], kernel[size + k]];
        product[2 * k] = a * c - b * d;
        product[2 * k + 1] = a * d + b * c;
      }
      fft.inverseTransform(data, product);
      re.forEach((_, k) => (re[k] = data[2 * k]));
      im.forEach((_, k) => (im[k] = data[2 * k + 1]));
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

/** Kernels that are kept at hand: as many as a slot has states of the weather, and one more. */
const KERNELS = 4;

/** Addresses of a transform's tables: twiddles of powers of four, and of the stage of radix 2. */
interface Tables {
  readonly twiddles: number;
  readonly halves: number;
}

/** Places that all lengths up to a size share: of a complex sequence, and of kernels, with the one each holds. */
interface Work {
  readonly size: number;
  readonly re: number;
  readonly im: number;
  readonly kernels: readonly KernelPlace[];
}

interface KernelPlace {
  readonly re: number;
  readonly im: number;
  loaded: ConvolutionKernel | undefined;
}

/** An instance and what lies in its memory: tables of each length, and sequences and kernels that all lengths share. */
class Fourier {
  /** The end of what is used, bytes. The module itself keeps nothing. */
  private end = LINE;
  /** The kernel's place that is next to be taken. */
  private next = 0;
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
    const kernels = Array.from({ length: KERNELS }, () => ({ ...pair(), loaded: undefined }));
    return { size, ...pair(), kernels };
  }

  private with(size: number, { twiddles, halves }: Tables): Transforms {
    const { exports } = this;
    let views: readonly [Float64Array, Float64Array] | undefined;
    const parts = (): readonly [Float64Array, Float64Array] => {
      const { re, im } = this.work;
      // A place that moved, or memory that grew, ends views.
      if (views?.[0].buffer !== exports.memory.buffer || views[0].byteOffset !== re) {
        views = [this.view(re, size), this.view(im, size)];
      }
      return views;
    };
    return {
      kernel: (grid) => {
        const { re, im } = this.work;
        const [real, imaginary] = parts();
        real.set(grid);
        real.fill(0, grid.length);
        imaginary.fill(0);
        exports.forward(re, im, size, twiddles, halves);
        const kernel = new Float64Array(2 * size);
        kernel.set(real);
        kernel.set(imaginary, size);
        return kernel.map((value) => value / size);
      },
      parts,
      convolve: (kernel) => {
        const { re, im } = this.work;
        const own = this.placeOf(kernel);
        exports.forward(re, im, size, twiddles, halves);
        exports.multiply(re, im, own.re, own.im, size);
        exports.inverse(re, im, size, twiddles, halves);
      },
    };
  }

  private placeOf(kernel: ConvolutionKernel): KernelPlace {
    const { kernels } = this.work;
    const known = kernels.find(({ loaded }) => loaded === kernel);
    if (known !== undefined) return known;
    const place = kernels[this.next];
    this.next = (this.next + 1) % KERNELS;
    const size = kernel.length / 2;
    this.view(place.re, size).set(kernel.subarray(0, size));
    this.view(place.im, size).set(kernel.subarray(size));
    place.loaded = kernel;
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

  /** Twiddles as the module reads them, of the powers of four and of the stage of radix 2. */
  private tables(size: number): Tables {
    const isOdd = Math.log2(size) % 2 === 1;
    const four = isOdd ? size / 2 : size;
    const tables = {
      twiddles: this.take(Math.max(0, (four - 16) / 2) + (3 * four) / 2),
      halves: this.take(isOdd ? size : 0),
    };
    for (let length = 16; length <= four; length *= 4) {
      this.twiddles(tables.twiddles + 4 * (length - 16), length, length / 4, 3);
    }
    if (isOdd) this.twiddles(tables.halves, size, size / 2, 1);
    return tables;
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
