/** The reader of measured files: the page loads it with the first of them. */
export { courseOf, inspectionText } from '../report/reading-text.js';
export { fileRead } from '../scenario/trace/inspect.js';
export { resolveTrace } from '../scenario/trace/resolve.js';
export { isGzip } from '../scenario/trace/text-of.js';
