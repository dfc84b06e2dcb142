/** What the module gives to its host. */
export { begin } from './stream';
export { walk, walk8, walkResidual } from './lumped';
export { walkTasks } from './tasks';
export { sums } from './sums';
export { walkResidualTogether, walkTogether } from './together';
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
  ROW,
  ROWS,
  SUMS,
} from './memory';
