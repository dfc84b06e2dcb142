/** HTML as tagged templates: whatever is put in is escaped, unless it is HTML already. Knows nothing of reports. */

/** Text that is HTML and may stand in a page as it is. */
export class Markup {
  constructor(readonly text: string) {}
}

type Content = string | number | Markup | undefined | false | readonly Content[];

/** HTML from a template; strings and numbers put into it, in text or in quoted attributes, are escaped. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(parts.reduce((text, part, i) => text + render(contents[i - 1]) + part));
}

function render(content: Content): string {
  if (content === undefined || content === false) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'string') return escapeHtml(content);
  if (typeof content === 'number') return String(content);
  return content.map(render).join('');
}

/** `<`, `>`, `&`, `"` and `'` as character references; control characters, which HTML has no place for, as U+FFFD. */
export function escapeHtml(text: string): string {
  return (
    text
      .replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
      // eslint-disable-next-line no-control-regex -- exactly these are meant
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\ufffd')
  );
}
