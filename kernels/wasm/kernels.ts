/** What the module gives to its host. */
export { begin, beginStreams } from './stream';
export { walk, walk8, walkResidual } from './lumped';
export { beginTasks, walkTasks } from './tasks';
export { sums } from './sums';
export { walkResidualTogether, walkTogether } from './together';
export { ARRIVALS_STATE, HARVEST_STATE, KINDS_STATE, STREAM, WALKER } from './memory';
export {
  CHECKPOINTS,
  COLUMNS,
  COMMON_COLUMNS,
  COUNT_COLUMNS,
  DEFICITS,
  ENTRIES,
  LENGTHS,
  LEVELS,
  PATHS,
} from './memory';
export {
  COMMON_RESIDUAL_CELLS,
  COMMON_RESIDUAL_COLUMNS,
  RESIDUAL_CELLS,
  RESIDUAL_COLUMNS,
  RESIDUAL_STATES,
  ROW,
  ROWS,
  SUMS,
} from './memory';
