/** What holds of every report: it loads nothing, is well-formed, and shows the numbers of its summary.json. */
import { parseHTML } from 'linkedom';
import { expect } from 'vitest';

export type ReportPage = ReturnType<typeof parseHTML>['document'];

/** Texts of all elements that match. */
export function textsOf(selector: string, within: Pick<ReportPage, 'querySelectorAll'>): (string | null)[] {
  return [...within.querySelectorAll(selector)].map((element) => element.textContent);
}

/** No scripts, no addresses but those within the page. */
export function expectSelfContained(page: ReportPage): void {
  for (const tag of ['script', 'link', 'img', 'iframe', 'object', 'embed', 'base', 'image', 'use']) {
    expect(textsOf(tag, page), tag).toEqual([]);
  }
  for (const element of page.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      expect(name).not.toMatch(/^on/i);
      if (name === 'href' || name === 'src' || name === 'xlink:href') expect(value).toMatch(/^#/);
      if (/url\(/.test(value)) expect(value).toMatch(/^url\(#[\w-]+\)$/);
      if (name !== 'xmlns') expect(value).not.toMatch(/https?:|\/\//);
    }
  }
  for (const style of textsOf('style', page)) expect(style).not.toMatch(/url\(|@import/);
}

/** Identifiers are unique, references meet, tags close, nothing is undefined. */
export function expectWellFormed(report: string): void {
  const page = parseHTML(report).document;
  const ids = [...page.querySelectorAll('[id]')].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const svg of page.querySelectorAll('svg')) {
    expect(ids).toContain(svg.getAttribute('aria-labelledby'));
    expect(ids).toContain(svg.getAttribute('aria-describedby'));
    expect(svg.querySelector('title')?.textContent).toMatch(/\w/);
    expect(svg.querySelector('desc')?.textContent).toMatch(/\w/);
  }
  const local = [...report.matchAll(/(?:url\(|href=")#([\w-]+)/g)].map(([, id]) => id);
  expect(local.length).toBeGreaterThan(0);
  for (const id of local) expect(ids).toContain(id);
  for (const tag of ['svg', 'table', 'section', 'figure', 'details', 'div', 'tr', 'td', 'data', 'small']) {
    const opened = report.match(new RegExp(`<${tag}[\\s>]`, 'g'))?.length;
    expect(opened, tag).toBe(report.match(new RegExp(`</${tag}>`, 'g'))?.length);
  }
  expect(report).not.toMatch(/NaN|undefined|\[object/);
}

/** Every number that says where it stands in summary.json is the one that stands there. @returns the places */
export function expectNumbersOf(page: ReportPage, summary: unknown): string[] {
  return [...page.querySelectorAll('data[data-at]')].map((cell) => {
    const at = cell.getAttribute('data-at') ?? '';
    const stands = at
      .slice(1)
      .split('/')
      .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], summary);
    expect(Number(cell.getAttribute('value')), at).toBe(stands);
    return at;
  });
}
