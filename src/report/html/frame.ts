/**
 * The frame of a report that is one file. Apart from the parts, which the page uses too: that has a style sheet of its
 * own.
 */
import { Markup, html } from './markup.js';
import STYLE from './style.css.txt';

/** A file that needs no network, no script and no font. @returns its text */
export function standalonePage(title: string, body: Markup): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · batterywalk</title>
        <style>
          ${new Markup(STYLE)}
        </style>
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html> `;
  return page.text.replace(/\n\s*/g, '\n');
}
