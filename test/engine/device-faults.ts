/**
 * Faults of devices, as drivers have had them or might: kernels compiled to something else, and words, dispatches and
 * copies that are lost or altered.
 */
import type { Wrapping } from './fake-device.js';

/** What is run for a fault to be met. */
export type Exercise =
  'opening' | 'residual' | 'wide' | 'passage' | 'tasks' | 'distributed' | 'proof' | 'site' | 'queue';

export interface Fault {
  readonly name: string;
  readonly exercise: Exercise;
  /** The stage that the refusal must name. */
  readonly stage: 'walk' | 'reduction' | 'merge' | 'transfer';
  readonly wrapping: Wrapping;
  /** Whether the fault was met: a fault that nobody meets shows nothing. */
  readonly met: () => boolean;
}

/** A kernel compiled to something else: `from` in the code of the shader stands for `to`. */
function miscompiled(
  exercise: Exercise,
  stage: Fault['stage'],
  name: string,
  kernel: RegExp,
  from: string | RegExp,
  to: string,
): Fault {
  let isMet = false;
  const code = (label: string, own: string): string => {
    if (!kernel.test(label) || own.replace(from, to) === own) return own;
    isMet = true;
    return own.replace(from, to);
  };
  return { name: `${name} (${exercise})`, exercise, stage, wrapping: { code }, met: () => isMet };
}

const inWalk =
  (exercise: Exercise, kernel: RegExp) =>
  (name: string, from: string, to: string): Fault =>
    miscompiled(exercise, 'walk', name, kernel, from, to);
const lumped = inWalk('opening', /^lumped$/);
const reduce = (name: string, from: string | RegExp, to: string): Fault =>
  miscompiled('opening', 'reduction', name, /^reduce$/, from, to);
const merge = (name: string, from: string, to: string): Fault =>
  miscompiled('opening', 'merge', name, /^merge$/, from, to);
const passage = inWalk('passage', /^passage$/);
const residual = inWalk('residual', /^lumped$/);
const wide = inWalk('wide', /^lumped$/);
const tasks = inWalk('tasks', /^tasks_walk$/);
const distributed = inWalk('distributed', /^tasks_walk$/);
const proof = inWalk('proof', /^proof$/);
const site = inWalk('site', /^site$/);
const queue = inWalk('queue', /^site$/);

/** Threefry's rotations, each one off by one. */
const ROTATIONS = ['6u, 10u', '20u, 26u', '17u, 11u', '11u, 21u', '25u, 13u', '10u, 27u', '18u, 23u', '20u, 5u'];

const MISCOMPILED: readonly Fault[] = [
  ...ROTATIONS.map((pair) => {
    const [even, odd] = pair.split(', ').map((amount) => parseInt(amount, 10));
    return lumped(`Threefry rotates by ${odd + 1} for ${odd}`, `select(${pair}`, `select(${even}u, ${odd + 1}u`);
  }),
  lumped('the parity constant of Threefry', '0x1bd11bdau', '0x1bd11bdbu'),
  lumped('four rounds of Threefry left out', 's <= 5u', 's < 5u'),
  lumped('the count of an injection left out', 'x.w += s;', 'x.w += 1u;'),
  lumped('the key schedule turned wrongly', 'vec4<u32>(key.yzw, next)', 'vec4<u32>(key.zyw, next)'),
  lumped('a wrong key word', 'walk.key)', 'walk.key.yxzw)'),
  lumped('a rotation of the output of xoshiro128++', '+ (*s).w, 7u)', '+ (*s).w, 8u)'),
  lumped('a lost addition of xoshiro128++', ', 7u) + (*s).x', ', 7u)'),
  lumped('a shift of xoshiro128++', '<< 9u', '<< 10u'),
  lumped('a rotation of the state of xoshiro128++', 'rotate_left(s3, 11u)', 'rotate_left(s3, 12u)'),
  lumped('no carry into the high word of a path', 'select(0u, 1u, low < path)', '0u'),
  lumped('the words of another purpose', 'high, purpose, 0u', 'high, purpose + 1u, 0u'),
  lumped('alias and column exchanged', 'select(entry & 0xfffu, 0u, own)', 'select(0u, entry & 0xfffu, own)'),
  lumped('thresholds one too large', '+ 4095u < entry', '+ 4095u < entry + 0x100000u'),
  lumped('seven bits of jitter', 'word & 0xffu', 'word & 0x7fu'),
  lumped('cells of half the width', 'cell << 8u', 'cell << 7u'),
  lumped('the base left out', 'walk.base + bitcast<i32>(point)', 'bitcast<i32>(point)'),
  lumped('paths counted from the batch, not the segment', 'id - walk.first_group * invocations', 'id'),
  lumped('the tables of another job', 'core[walk.core]', 'core[0u]'),
  lumped('a wrong column', '.words[column]', '.words[column ^ 1u]'),
  lumped('a slot too many', 'slots % 16u', '(slots + 1u) % 16u'),
  lumped('a slot of a block left out', 'i < 16u', 'i < 15u'),
  lumped('the charge at the start left out', 'level = walk.initial', 'level = 0'),
  lumped('a minimum that begins at the charge', 'least = 0;', 'least = level;'),
  lumped('a minimum that is not kept', 'keep(STATE_LEAST, path', 'keep(STATE_LEVEL, path'),
  lumped(
    'words of a stream exchanged',
    'kept(word + 2u, path), kept(word + 3u',
    'kept(word + 3u, path), kept(word + 2u',
  ),
  lumped('the last path left out', 'number >= walk.paths', 'number + 1u >= walk.paths'),
  lumped('a path begun twice', 'slice.slot_begin == 0u', 'slice.slot_begin <= 20u'),
  reduce('zeros counted twice', '.zeros += 1u', '.zeros += 2u'),
  reduce('high halves lost', '(*own).high += high;', ''),
  reduce('a square of halves exchanged', 'let ll = low * low', 'let ll = low * high'),
  reduce('a product counted once for twice', '+ 2u * (lh & 0xffffu)', '+ (lh & 0xffffu)'),
  reduce('the highest part of a square lost', '(*own).square_48 += hh >> 16u;', ''),
  reduce('a carry of the limbs lost', 'let sum = sums_of[i] + carry', 'let sum = sums_of[i]'),
  reduce('an addition of the limbs lost', 'atomicAdd(&partials[first + i], sum & 0xffffu);', ''),
  reduce('a lost sum of a workgroup', 'atomicAdd(&sums[apart + copy], own.low);', ''),
  reduce('a shifted bin', 'HEADER_WORDS + bin]', 'HEADER_WORDS + 1u + bin]'),
  reduce('deficits beyond the bins one too low', 'row.shift == 32u), 4095u)', 'row.shift == 32u), 4094u)'),
  reduce('bins that begin at 0', '(d - row.offset) >>', 'd >>'),
  reduce('octaves shifted', '24 - i32', '23 - i32'),
  reduce('the rows of another checkpoint', 'rows[reduction.first_row + part.x]', 'rows[part.x]'),
  reduce('the word beside the minimum', 'state_word * reduction.stride', '(state_word - 1u) * reduction.stride'),
  reduce('a segment that begins elsewhere', 'place - row.first_group * workgroup_size', 'place'),
  // SwiftShader runs a workgroup's subgroups one after the other from barrier to barrier, so the first one goes ahead.
  reduce('barriers left out', /workgroupBarrier\(\);/g, ''),
  merge('a lost addition of a batch', 'total[i] += batch[i]', 'total[i] = batch[i]'),
  merge('a batch that is not cleared', 'batch[i] = 0u;', ''),
  merge('the last word left out', 'i < count', 'i + 1u < count'),
  residual('thresholds of residual cells reversed', '(second & 0xfffffu) <', '(second & 0xfffffu) >='),
  residual('residual cells of another place', 'residual[4096u + chosen]', 'residual[4096u + place]'),
  residual('residual widths left out', 'jitter << (max(wide, 8u) - 8u)', 'jitter'),
  wide('a shift to the right left out', '>> walk.point_right', '>> 0u'),
  wide('a shift to the left left out', '<< walk.point_left', '<< 0u'),
  passage('a passage told a slot early', 'slice.slot_end - left + 1u', 'slice.slot_end - left'),
  passage('a barrier at 0', 'level <= walk.barrier', 'level <= 0'),
  passage('a path that walks on after its passage', 'kept(STATE_ROWS + ROW_SLOT, path) != 0u', 'false'),
  tasks('a count and its alias exchanged', 'select(packed & 0xffu, column,', 'select(column, packed & 0xffu,'),
  tasks('the energy of the column, not of the entry', 'task_tables[entries + entry]', 'task_tables[entries + column]'),
  tasks('a fraction of a quantum lost', '*carry = sum - (whole << walk.fraction_bits);', '*carry = 0u;'),
  tasks('a task left out', 'var left = arrivals; left > 0u', 'var left = arrivals; left > 1u'),
  distributed('what burns later written over', 'path] += task_tables', 'path] = task_tables'),
  distributed('a ring that is too short', '(t + j) & slice.ring_mask', '(t + j) & (slice.ring_mask >> 1u)'),
  distributed('what was burned not cleared', 'future[now] = 0u;', ''),
  proof('the injection left out', '(*b).controlled = next + injection', '(*b).controlled = next'),
  proof('the centre left out', 'consumption.lumped - walk.centre', 'consumption.lumped'),
  site('a loss of charging left out', 'taken = multiply_carry(offered, charge, &carry);', 'taken = offered;'),
  site('a leak left out', '(*b).level -= multiply_carry((*b).level, leak, &carry);', ''),
  site('a slot of a passage told early', 'passage = i32(t + 1u)', 'passage = i32(t)'),
  queue('what tasks waited left out', '(*q).waited += i32(wait);', ''),
  queue('a task that is dispatched not counted', '(*q).dispatched++;', ''),
];

/** A fault of the device itself. */
function broken(name: string, stage: Fault['stage'], make: (meet: () => void) => Wrapping): Fault {
  let isMet = false;
  const wrapping = make(() => {
    isMet = true;
  });
  return { name, exercise: 'opening', stage, wrapping, met: () => isMet };
}

/** A word that comes back otherwise. */
const altered = (name: string, alter: (words: Uint32Array) => void): Fault =>
  broken(name, 'transfer', (meet) => ({
    read(words, label) {
      if (label !== 'staging') return;
      meet();
      alter(words);
    },
  }));
/** Words for the device that are lost or altered. */
const written = (
  name: string,
  stage: Fault['stage'],
  of: string,
  alter: (words: Uint32Array) => Uint32Array | undefined,
): Fault =>
  broken(name, stage, (meet) => ({
    write(label, words) {
      if (!label.startsWith(of)) return words;
      meet();
      return alter(words);
    },
  }));
const dispatched = (
  name: string,
  stage: Fault['stage'],
  of: string,
  groups: (n: number, asked: number) => number,
): Fault =>
  broken(name, stage, (meet) => {
    let n = 0;
    return {
      dispatch(label, asked) {
        if (label !== of) return asked;
        const own = groups(n++, asked);
        if (own !== asked) meet();
        return own;
      },
    };
  });

let before: Uint32Array | undefined;
const BROKEN: readonly Fault[] = [
  altered('a bit of every readback flipped', (words) => (words[5] ^= 0x100)),
  altered('readbacks of zeros', (words) => words.fill(0)),
  altered('readbacks of ones', (words) => words.fill(0xffffffff)),
  altered('readbacks a word late', (words) => words.copyWithin(1, 0)),
  altered('readbacks in the other order of bytes', (words) => {
    words.forEach((w, i) => {
      words[i] = ((w << 24) | ((w & 0xff00) << 8) | ((w >>> 8) & 0xff00) | (w >>> 24)) >>> 0;
    });
  }),
  altered('the second half of a readback missing', (words) => words.fill(0, words.length >> 1)),
  altered('the readback before', (words) => {
    const own = words.slice();
    words.fill(7);
    if (before !== undefined) words.set(before.subarray(0, words.length));
    before = own;
  }),
  written('tables that do not arrive', 'walk', 'core columns', () => undefined),
  written('a bit of the tables flipped', 'walk', 'core columns', (words) => words.map((w) => w ^ 0x80000000)),
  written('slices of the submission before', 'walk', 'slices', (words) =>
    words.map((w, i) => (i % 64 === 1 ? w + 1 : w)),
  ),
  written('segments of one word less', 'walk', 'segments', (words) => words.map((w, i) => (i % 24 === 0 ? 0 : w))),
  written('rows that do not arrive', 'reduction', 'rows', () => undefined),
  written('a uniform of the reduction lost', 'reduction', 'reduction', () => undefined),
  dispatched('a workgroup of the walk lost', 'walk', 'lumped', (_, asked) => Math.max(0, asked - 1)),
  dispatched('every third dispatch of the walk lost', 'walk', 'lumped', (n, asked) => (n % 3 === 2 ? 0 : asked)),
  dispatched('a workgroup of the reduction lost', 'reduction', 'reduce', (_, asked) => Math.max(0, asked - 1)),
  dispatched('every fourth dispatch of the reduction lost', 'reduction', 'reduce', (n, asked) =>
    n % 4 === 3 ? 0 : asked,
  ),
  dispatched('the merging of batches lost', 'merge', 'merge', () => 0),
];

export const FAULTS: readonly Fault[] = [...MISCOMPILED, ...BROKEN];
