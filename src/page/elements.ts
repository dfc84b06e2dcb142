/** The page's elements by their ids, with their types, and the few things that are done to them. */
import type { Markup } from '../report/html/markup.js';

/** The element with an id that index.html has. @throws where it has none of that kind, which is a fault of the page */
export function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`index.html has no ${kind.name} #${id}`);
  return found;
}

/** Sets what an element holds; `markup` is escaped by its making. */
export function show(target: HTMLElement, markup: Markup | undefined): void {
  target.innerHTML = markup === undefined ? '' : markup.text;
}

/** Text in an element that is hidden while it has none. */
export function say(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
  target.hidden = text === '';
}

/** Offers a text as a file. */
export function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 10_000);
}
