/** What the module gives to its host. */
export { begin } from './stream';
export { walk, walk8, walkResidual } from './lumped';
export { walkTasks } from './tasks';
export { CHECKPOINTS, COLUMNS, COUNT_COLUMNS, DEFICITS, ENTRIES, LENGTHS, PATHS } from './memory';
export { RESIDUAL_CELLS, RESIDUAL_COLUMNS, ROW } from './memory';
