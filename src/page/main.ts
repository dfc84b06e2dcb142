/**
 * The page's one script: it starts the tabs. What is heavy (charts, laws, backends) is loaded by them when asked for.
 */
import { VERSION } from '../version.js';
import { startBenchmark } from './benchmark.js';
import { element } from './elements.js';
import { startTabs } from './tabs.js';
import { startValidate } from './validate.js';

element('version', HTMLElement).textContent = `batterywalk ${VERSION}.`;
startValidate();
startBenchmark();
const select = startTabs(element('tabs', HTMLElement), () => undefined);
if (location.hash === '#benchmark') select('benchmark');
element('not-started', HTMLElement).hidden = true;
element('content', HTMLElement).hidden = false;
