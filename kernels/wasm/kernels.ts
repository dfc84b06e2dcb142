/** What the module gives to its host; addresses are in memory.ts. */
export { begin, beginStreams, drawWords } from './stream';
export { walk, walk8, walkResidual } from './lumped';
export { beginLumpedSite, walkLumpedSite } from './lumped-site';
export { walkPassage } from './passage';
export { beginTasks, walkTasks } from './tasks';
export { beginServices, walkServices } from './services';
export { sums } from './sums';
export { walkResidualTogether, walkTogether } from './together';
