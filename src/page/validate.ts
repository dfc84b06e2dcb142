/** The Validate tab's elements: what is pressed goes to the validation, and what it says is shown. */
import { partialsToJson } from '../engine/partials-codec.js';
import { html } from '../report/html/markup.js';
import { startDrawing } from './drawing.js';
import { element, save, say, show } from './elements.js';
import { RunForm } from './form.js';
import { decodeLink } from './permalink.js';
import { Runner } from './runner.js';
import { Validation } from './validation.js';
import type { Screen } from './validation.js';
import { startTheoryWorker } from './workers.js';

export function startValidate(): void {
  const form = new RunForm();
  const screen = startScreen(form);
  const runner = new Runner((event) => {
    validation.takeRun(event);
  });
  const drawing = startDrawing(
    () => validation.current,
    (text) => {
      screen.say(text);
    },
  );
  const fragment = (): string => location.hash;
  const validation = new Validation({ form, runner, drawing, screen, startTheory: startTheoryWorker, fragment });

  validation.open(decodeLink(fragment()));
  window.addEventListener('hashchange', () => {
    validation.follow(decodeLink(fragment()));
  });
  listen(validation);
  element('copy-link', HTMLButtonElement).addEventListener('click', () => {
    void navigator.clipboard.writeText(element('link', HTMLAnchorElement).href).then(
      () => {
        screen.say('The link is copied.');
      },
      () => {
        screen.say('The browser does not let the page copy; the link beside the button is the same.');
      },
    );
  });
}

/** Tells the validation what is pressed and chosen. */
function listen(validation: Validation): void {
  const onClick = (id: string, act: () => void): void => {
    element(id, HTMLButtonElement).addEventListener('click', act);
  };
  element('run-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    validation.start();
  });
  onClick('stop', () => {
    validation.stop();
  });
  onClick('continue', () => {
    validation.goOn();
  });
  onClick('save-report', () => {
    validation.report();
  });
  onClick('save-summary', () => {
    const result = validation.result();
    if (result !== undefined) save('summary.json', 'application/json', `${JSON.stringify(result, null, 2)}\n`);
  });
  onClick('save-partials', () => {
    const counted = validation.counted();
    if (counted !== undefined)
      save('partials.json', 'application/json', `${JSON.stringify(partialsToJson(counted))}\n`);
  });
  const shown = element('shown', HTMLSelectElement);
  shown.addEventListener('change', () => {
    validation.show(shown.selectedIndex);
  });
}

function startScreen(form: RunForm): Screen {
  const runButton = element('run', HTMLButtonElement);
  const stopButton = element('stop', HTMLButtonElement);
  const continueButton = element('continue', HTMLButtonElement);
  const reportButton = element('save-report', HTMLButtonElement);
  const progressArea = element('progress-area', HTMLElement);
  const status = element('status', HTMLElement);
  const remark = element('remark', HTMLElement);
  const verdict = element('verdict', HTMLElement);
  const downloads = element('downloads', HTMLElement);
  const link = element('link', HTMLAnchorElement);
  return {
    say: (text) => {
      status.textContent = text;
    },
    remark: (text) => {
      say(remark, text);
    },
    update: (controls) => {
      runButton.disabled = !controls.canRun;
      stopButton.disabled = !controls.canStop;
      reportButton.disabled = !controls.canReport;
      reportButton.hidden = !controls.showsReport;
      form.enable(controls.canRun);
      progressArea.hidden = !controls.showsProgress;
      continueButton.disabled = !controls.canContinue;
      continueButton.textContent = controls.continueText;
      downloads.hidden = !controls.showsResult;
    },
    showUnjudged: (reason) => {
      show(verdict, reason === undefined ? undefined : unjudgedMarkup(reason));
    },
    link: (fragment) => {
      const address = new URL(location.href);
      address.hash = fragment;
      link.href = address.href;
    },
    saveReport: (text) => {
      save('report.html', 'text/html', text);
    },
  };
}

function unjudgedMarkup(reason: string) {
  return html`<section class="apart">
    <h2>Estimated, not judged</h2>
    <p>${reason}</p>
  </section>`;
}
