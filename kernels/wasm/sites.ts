/** What the module of sites gives to its host; addresses are in site-memory.ts. */
export { beginStreams } from './stream';
export { walkSite } from './site';
