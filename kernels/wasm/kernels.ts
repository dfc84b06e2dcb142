/** What the module gives to its host. */
export { begin } from './stream';
export { walk, walk8, walkResidual } from './lumped';
export { COLUMNS, PATHS, RESIDUAL_CELLS, RESIDUAL_COLUMNS, ROW } from './memory';
