/**
 * The linear memory of the module of sites, in bytes. What is small has its place here; what depends on a law (its
 * words, the lines of those that wait, rows) is placed by the host, which says where in the words below. The host
 * imports these addresses, as both AssemblyScript and TypeScript read this file.
 */

/** Bytes of a stream's state for four paths. */
export const STREAM: usize = 64;
/** Slots drawn at once. */
export const BLOCK: i32 = 256;

/*
 * Words of the site's header, by the names of src/law/site-tables.ts; places are in words from TABLES on, as there.
 */
export const WEATHER_SLOTS: usize = 1024;
export const STATES: usize = 1028;
export const WEATHER_AT: usize = 1032;
export const WEATHER_DRAWN: usize = 1036;
export const ARRIVAL_SLOTS: usize = 1040;
export const ARRIVAL_VALUES: usize = 1044;
export const ARRIVALS_AT: usize = 1048;
export const COUNTS_AT: usize = 1052;
export const ENTRY_BITS: usize = 1056;
export const FRACTION_BITS: usize = 1060;
export const ENTRY_COLUMNS_AT: usize = 1064;
export const COLUMNS_AT: usize = 1068;
export const CELLS_AT: usize = 1072;
export const RESIDUAL_AT: usize = 1076;
export const FACTOR_SLOTS: usize = 1080;
export const FACTOR_VALUES: usize = 1084;
export const FACTORS_AT: usize = 1088;
export const BLOCK_SLOTS: usize = 1092;
export const ALIGN_VALUES: usize = 1096;
export const ALIGN_PLACES: usize = 1100;
export const START_DRAWN: usize = 1104;
export const CORRELATION: usize = 1108;
export const INNOVATION: usize = 1112;
export const QUANTILES_AT: usize = 1116;
export const CAPACITY: usize = 1120;
export const CHARGE: usize = 1124;
export const CHARGE_LOSS_WHOLE: usize = 1128;
export const CHARGE_LOSS: usize = 1132;
export const CHARGE_LIMIT: usize = 1136;
export const DISCHARGE_LIMIT: usize = 1140;
export const LEAK: usize = 1144;
export const QUEUE_LIMIT: usize = 1148;
export const POLICY_LEVEL: usize = 1152;

/* What the host says besides. */
/** HARVEST_MODE of src/law/site-tables.ts. */
export const MODE: usize = 1156;
/** 1 where harvests have residual cells; where tasks may wait; where all that wait are dispatched from a level on. */
export const RESIDUAL: usize = 1160;
export const QUEUE: usize = 1164;
export const THRESHOLD: usize = 1168;
/** Checkpoints, and the level at the start. */
export const CHECKPOINTS: usize = 1172;
export const INITIAL: usize = 1176;
/** Most tasks of a slot, and tasks of a path that are drawn at once: a multiple of eight. */
export const MOST: usize = 1180;
export const WINDOW: usize = 1184;
/** Vectors of an entry and of the sums before a task. */
export const VECTORS: usize = 1188;
/** Bytes of a path's sums. */
export const PLANE: usize = 1192;
/** Groups of tasks that wait; vectors of a slot of their lines; slots of the lines less 1, which are a power of two. */
export const GROUPS: usize = 1196;
export const LINE: usize = 1200;
export const LINE_MASK: usize = 1204;

/* Addresses that the host chooses. */
/** The site's words; by entry, what it adds to the sums (see site-queue.ts). */
export const TABLES: usize = 1208;
export const ENTRIES: usize = 1212;
/** By task of a window: the entries of four paths, in bytes from ENTRIES on; the sums before it, path by path. */
export const KINDS: usize = 1216;
export const PLANES: usize = 1220;
/** The state of the stream of kinds before every eighth task of a window and after its last. */
export const SNAPSHOTS: usize = 1224;
/** A vector for each number of LINE: what a slot adds; slot by slot, the lines; what they were when all had gone. */
export const ADDED: usize = 1228;
export const LINES: usize = 1232;
export const BASES: usize = 1236;
/** Slots between checkpoints; rows at each, a vector each, in the order of SITE_ROWS of src/engine/site-job.ts. */
export const LENGTHS: usize = 1240;
export const ROWS: usize = 1244;
/**
 * By the upper bits of a word that draws a task: its entry, in bytes from ENTRIES on, or −1 where a column's threshold
 * lies between; and how many bits these are.
 */
export const CELLS: usize = 1248;
export const CELL_BITS: usize = 1252;
/** 1 where tasks are walked path by path (site-alone.ts), and what that needs of the header. */
export const ALONE: usize = 1256;
export const COUNT_DRAWS: usize = 1260;
export const SERVICE_RING: usize = 1264;
export const QUEUE_RING: usize = 1268;
export const POLICY: usize = 1272;
export const POLICY_TARGET: usize = 1276;
export const POLICY_PRICE: usize = 1280;
/** What tasks cost, four words each; their profiles; what paths keep of their tasks, and its bytes. */
export const OPTIONS: usize = 1284;
export const PROFILES: usize = 1288;
export const PATHS: usize = 1292;
export const PATH_SIZE: usize = 1296;

/**
 * Groups, eight words each: most slots waited; energies by age; the places, in bytes, of its first number in what
 * arrivals add and in the lines; the address of the ages from which its energies hold, the first 0, with the most slots
 * waited after the last; the place of the number in which it counts, and the bits below its byte.
 */
export const GROUP_LIST: usize = 2048;
export const GROUP_SIZE: usize = 32;
export const MOST_GROUPS: i32 = 64;
export const AGES: usize = GROUP_LIST + 32 * 64;
/** Ages of all groups at most. */
export const MOST_AGES: i32 = 512;

/** States of the streams of four paths. */
export const KINDS_STATE: usize = AGES + 4 * 512;
export const ARRIVALS_STATE: usize = KINDS_STATE + STREAM;
export const HARVEST_STATE: usize = ARRIVALS_STATE + STREAM;
export const RESIDUAL_STATE: usize = HARVEST_STATE + STREAM;
export const WEATHER_STATE: usize = RESIDUAL_STATE + STREAM;
export const BLOCKS_STATE: usize = WEATHER_STATE + STREAM;
/** The words of the stream of starts. */
export const STARTS: usize = BLOCKS_STATE + STREAM;
/** Vectors of what harvests keep from slot to slot: weather, shift, normal, carry, factor; a word drawn by the way. */
export const HARVEST_WALK: usize = STARTS + STREAM;
/** Vectors of what batteries and queues keep. */
export const WALK: usize = HARVEST_WALK + 12 * 16;
/** A vector a slot of a block: words, then harvests, quanta; all ones where they lie between lattice points; tasks. */
export const HARVESTED: usize = WALK + 40 * 16;
export const RESIDUAL_WORDS: usize = HARVESTED + 16 * 256;
export const BETWEEN: usize = RESIDUAL_WORDS + 16 * 256;
export const ARRIVED: usize = BETWEEN + 16 * 256;
/** Where the host's own places begin. */
export const FREE: usize = ARRIVED + 16 * 256;
