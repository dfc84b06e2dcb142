/**
 * The linear memory of the module, in bytes; nothing is allocated while it runs. The host imports these addresses, as
 * both AssemblyScript and TypeScript read this file. (AssemblyScript: this folder is compiled by compile.mjs.)
 */

/** Paths that one call may walk, in groups of four: a path is a lane of a vector. */
export const PATHS: i32 = 512;

/** 4096 columns, 16 KiB: column XOR alias in the upper 12 bits, threshold in the next 12, zeros. */
export const COLUMNS: usize = 1024;
/** 4096 columns of the residual cells, packed as law/tables.ts says. */
export const RESIDUAL_COLUMNS: usize = COLUMNS + 4096 * 4;
/** 4096 pairs: the point that jitter 0 gives, and 2^shift. */
export const RESIDUAL_CELLS: usize = RESIDUAL_COLUMNS + 4096 * 4;
/** Six vectors a group: the four words of the stream's state, level, running minimum. */
export const STATES: usize = RESIDUAL_CELLS + 4096 * 8;
/** Bytes of a group's state. */
export const GROUP: usize = 96;
/** Four vectors a group: the state of the stream of residual cells. */
export const RESIDUAL_STATES: usize = STATES + GROUP * 128;
/** Bytes of a stream's state for four paths. */
export const STREAM: usize = 64;
/** Slots that are drawn at once where a walk needs words of several streams. */
export const BLOCK: i32 = 256;
/** A vector a slot of a block: words of the stream of residual cells. */
export const RESIDUAL_WORDS: usize = RESIDUAL_STATES + STREAM * 128;
/** One row of deficits, quanta. */
export const ROW: usize = RESIDUAL_WORDS + 16 * 256;
/** Six numbers, 64-bit floats. */
export const SUMS: usize = ROW + 4 * 512;

/** Checkpoints that one call of the tasks kernel may pass. */
export const CHECKPOINTS: i32 = 256;
/** Slots between checkpoints, and four paths' deficits at each. */
export const LENGTHS: usize = SUMS + 8 * 8;
export const DEFICITS: usize = LENGTHS + 4 * 256;
/** Of a proof, rows at each checkpoint: deficits are the first of five. */
export const QUANTITIES: i32 = 5;
/** 256 columns of the number of tasks, packed as law/task-tables.ts says. */
export const COUNT_COLUMNS: usize = DEFICITS + 16 * 256 * 5;
/**
 * Up to 4096 columns of entries, 16 bytes each. For lumped accounting: threshold, energy of the column's own entry,
 * energy of its alias, unused. For distributed accounting: threshold, and the bytes of SERVED where what is known of
 * the column's own entry begins, and of its alias.
 */
export const ENTRIES: usize = COUNT_COLUMNS + 4 * 256;
/** Tasks of a path that are drawn at once. */
export const WINDOW: i32 = 1024;
/** Of each path: the energy of all drawn tasks before each of them. Planes do not begin alike modulo 4096. */
export const PLANES: usize = ENTRIES + 16 * 4096;
export const PLANE: usize = 4 * 1024 + 80;
/** The state of the stream of kinds before every eighth task of a window and after its last, four vectors. */
export const SNAPSHOTS: usize = PLANES + 4 * PLANE;
/** States of the streams of kinds, arrivals and harvests of four paths; level, running minimum, fraction left over. */
export const KINDS_STATE: usize = SNAPSHOTS + 64 * 129;
export const ARRIVALS_STATE: usize = KINDS_STATE + STREAM;
export const HARVEST_STATE: usize = ARRIVALS_STATE + STREAM;
export const WALKER: usize = HARVEST_STATE + STREAM;
/** A vector a slot of a block: bytes of the tasks that arrive in PLANES, and the harvest, quanta. */
export const ARRIVED: usize = WALKER + 64;
export const HARVESTED: usize = ARRIVED + 16 * 256;
/**
 * 4096 columns of four tables side by side: threshold less 2^11 in the upper 12 bits, column XOR alias in the next 12,
 * zeros.
 */
export const COMMON_COLUMNS: usize = HARVESTED + 16 * 256;
/** Eight vectors a group: the levels of four walks, then their running minima. */
export const LEVELS: usize = COMMON_COLUMNS + 16 * 4096;
/** Four rows of deficits, quanta. */
export const ROWS: usize = LEVELS + 128 * 128;
/** Residual columns of four tables, one after the other, and their cells, as above. */
export const COMMON_RESIDUAL_COLUMNS: usize = ROWS + 4 * 4 * 512;
export const COMMON_RESIDUAL_CELLS: usize = COMMON_RESIDUAL_COLUMNS + 4 * 4 * 4096;
/** Bytes of one table's. */
export const RESIDUAL_COLUMNS_SIZE: usize = 4 * 4096;
export const RESIDUAL_CELLS_SIZE: usize = 8 * 4096;

/** States of walks with both accountings, vectors (services.ts). */
export const SERVICE_WALK: usize = COMMON_RESIDUAL_CELLS + 4 * RESIDUAL_CELLS_SIZE;
/**
 * A vector a slot of a block: energies of the tasks that arrive, and what tasks in service burn, fractions of a
 * quantum.
 */
export const DISPATCHED: usize = SERVICE_WALK + 16 * 16;
export const BURNED: usize = DISPATCHED + 16 * 256;
/** Slots of the longest service. */
export const SERVICE: i32 = 256;
/**
 * Of each path: what tasks in service will burn in the slots of a block and beyond, and as much room as a last vector
 * takes.
 */
export const FUTURES: usize = BURNED + 16 * 256;
export const FUTURE: usize = 4 * (256 + 256 + 8);
/** Of each path, which tasks a window draws: bytes of SERVED, as in PLANES; and the slots in which they arrive. */
export const ARRIVAL_SLOTS: usize = FUTURES + 4 * FUTURE;
/** Bytes of a path's arrival slots, 16 bits each: a window, and what two vectors may write beyond it. */
export const ARRIVAL_PLANE: usize = 2 * 1024 + 64;
/** Of each path: the slot in which its next task arrives, tasks of that slot still to be drawn, tasks of the window. */
export const ARRIVING: usize = ARRIVAL_SLOTS + 4 * ARRIVAL_PLANE;
export const ARRIVING_SIZE: usize = 16;
/**
 * Up to 4096 entries: for each place of the arrival slot within four, where the profile begins that is to be added (in
 * bytes) and 4 · its vectors beyond two; then the entry's energy.
 */
export const SERVED: usize = ARRIVING + 4 * ARRIVING_SIZE;
export const SERVED_SIZE: usize = 48;
/**
 * Tasks that wait for their profiles to be added, by the vectors of these: where the profile is, and where it goes. And
 * for each number of vectors where the next one is put.
 */
export const LONGEST: i32 = 65;
export const HELD: i32 = 128;
export const WAITING: usize = (SERVED + SERVED_SIZE * 4096 + 1023) & ~1023;
export const CURSORS: usize = WAITING + 1024 * 66;
/** Tasks of a window whose profiles take more than two vectors: as in SERVED, and where the profile goes. */
export const LONG: usize = CURSORS + 16 * 17;
/**
 * Profiles of services, one after the other, four times each: begun 0 to 3 slots after the begin of a vector, filled
 * with zeros to at least two whole vectors. Up to 4096 of 256 slots.
 */
export const PROFILES: usize = LONG + 16 * 4 * 1032;

/** Bytes of 4096 columns. */
export const COLUMNS_SIZE: usize = 4 * 4096;
/**
 * Of a site whose slots are drawn at once (lumped-site.ts): its tables lie where the profiles of services are. Before
 * them, numbers by SITE_FIELDS; places are addresses in bytes.
 */
export const SITE_FIELD_AT: usize = PROFILES;
export const SITE_TABLES: usize = PROFILES + 4 * 64;
export const SITE_TABLES_END: usize = PROFILES + 4 * 4096 * 256;
export enum SITE_FIELDS {
  mode,
  residual,
  // Arrivals: of each value, where the columns of its table are; its energies follow them.
  arrivalSlots,
  arrivalValues,
  arrivalsAt,
  fractionBits,
  // Harvest, by state: columns, packed as COLUMNS; points that jitter 0 gives in cell 0; 2^(left shift of cells);
  // residual columns and cells.
  columnsAt,
  basesAt,
  widthsAt,
  pointRight,
  residualAt,
  // As src/law/site-tables.ts has them.
  factorSlots,
  factorValues,
  factorsAt,
  states,
  weatherSlots,
  weatherAt,
  weatherDrawn,
  blockSlots,
  alignValues,
  alignPlaces,
  startDrawn,
  correlation,
  innovation,
  quantilesAt,
  capacity,
  charge,
  chargeLossWhole,
  chargeLoss,
  chargeLimit,
  dischargeLimit,
  leak,
}
/** Bytes of a group's state, and where in it its vectors are. */
export const SITE_GROUP: usize = 16 * 44;
export enum SITE {
  arrivals = 0,
  harvest = 64,
  residual = 128,
  weatherChanges = 192,
  blocks = 256,
  starts = 320,
  level = 384,
  // From here to `signs` all begin with 0. All bits where it holds more than whole quanta say.
  above = 400,
  auxiliary = 416,
  peak = 432,
  waste = 448,
  deficitSlots = 464,
  passage = 480,
  consumption = 496,
  // Totals so far, each bit that one had.
  signs = 512,
  // Of the level.
  lowest = 528,
  highest = 544,
  demandCarry = 560,
  harvestCarry = 576,
  leakCarry = 592,
  chargeCarry = 608,
  wasteCarry = 624,
  weather = 640,
  shift = 656,
  normal = 672,
}
export const SITE_PATHS: usize = SITE_TABLES_END;
/** A vector a slot of a block: what is consumed and harvested, quanta; all bits where that lies between quanta. */
export const SITE_CONSUMED: usize = SITE_PATHS + SITE_GROUP * 128;
export const SITE_HARVESTED: usize = SITE_CONSUMED + 16 * 256;
export const SITE_BETWEEN: usize = SITE_HARVESTED + 16 * 256;
export const SITE_RESIDUAL_WORDS: usize = SITE_BETWEEN + 16 * 256;
/** A vector of words drawn one by one. */
export const SITE_WORD: usize = SITE_RESIDUAL_WORDS + 16 * 256;
/** Four numbers for each run of slots of a block in which harvests are drawn alike. */
export const SITE_SCHEDULE: usize = SITE_WORD + 16;
/** Rows, one after the other. */
export const SITE_ROWS: usize = SITE_SCHEDULE + 16 * 256;
export const SITE_ROW: usize = 4 * 512;
export const SITE_END: usize = SITE_ROWS + 8 * SITE_ROW;
