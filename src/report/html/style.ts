/** The style sheet of report.html: light and dark, screen and paper, wide and narrow; the system's own fonts. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --panel: #f6f7f8; --ink: #1b1f24; --quiet: #57606a; --line: #d0d7de;
  --good: #12693a; --bad: #b3261e;
  --simulated: #5aae8f; --exact: #111111; --corrected: #0072b2; --brownian: #c44e00; --muted: #767676;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --panel: #1c2125; --ink: #e6e9ec; --quiet: #a3adb8; --line: #39424b;
    --good: #67d79b; --bad: #ff8f87;
    --simulated: #3fa27e; --exact: #f4f4f4; --corrected: #63bdf2; --brownian: #f5a742; --muted: #9aa4ae;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 24px 20px 48px; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .4rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.4rem 0 .6rem; }
h3 { font-size: 1.05rem; margin: 1.2rem 0 .4rem; }
p { margin: .5rem 0; max-width: 46em; }
.facts { display: flex; flex-wrap: wrap; gap: 2px 28px; margin: 0; color: var(--quiet); font-size: .92rem; }
.facts div { display: flex; gap: .5em; min-width: 0; }
.facts dt { flex: none; }
.facts dd { margin: 0; color: var(--ink); overflow-wrap: anywhere; }
.verdict { border-left: 6px solid var(--good); background: var(--panel); padding: 12px 18px; margin: 20px 0 8px; border-radius: 0 6px 6px 0; }
.verdict.fail { border-color: var(--bad); }
.verdict h2 { margin: 0 0 .3rem; color: var(--good); }
.verdict.fail h2 { color: var(--bad); }
.apart { border-left: 6px solid var(--brownian); background: var(--panel); padding: 12px 18px; margin: 12px 0; border-radius: 0 6px 6px 0; }
.apart h2 { margin: 0 0 .3rem; font-size: 1.1rem; }
.note { color: var(--quiet); font-size: .9rem; }
a { color: var(--corrected); }
/* Where a table goes on beyond the edge, a shadow says so. */
.scroll {
  overflow-x: auto; margin: .6rem 0 1rem;
  background:
    linear-gradient(to right, var(--ground) 40%, transparent) left / 40px 100% no-repeat local,
    linear-gradient(to left, var(--ground) 40%, transparent) right / 40px 100% no-repeat local,
    linear-gradient(to right, var(--line), transparent) left / 14px 100% no-repeat scroll,
    linear-gradient(to left, var(--line), transparent) right / 14px 100% no-repeat scroll;
}
.scroll:focus-visible { outline: 2px solid var(--corrected); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding-bottom: .35rem; }
caption span { position: sticky; left: 0; display: inline-block; max-width: min(100%, calc(100vw - 28px)); }
th, td { padding: 4px 14px 4px 0; text-align: right; white-space: nowrap; }
th { font-weight: 600; vertical-align: bottom; }
th.text, td.text { text-align: left; }
thead th { border-bottom: 1px solid var(--line); white-space: normal; max-width: 8.5em; }
tbody tr.first > * { border-top: 1px solid var(--line); }
thead + tbody tr.first:first-child > * { border-top: 0; }
.pass { color: var(--good); }
.failed { color: var(--bad); font-weight: 700; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); gap: 20px 28px; }
figure { margin: 0; min-width: 0; display: flex; flex-direction: column; }
figcaption { font-size: .92rem; font-weight: 600; line-height: 1.3; margin-bottom: 2px; }
figcaption span { display: block; font-weight: 400; color: var(--quiet); font-size: .88rem; }
.chart { --plot-background: var(--ground); width: 100%; height: auto; display: block; overflow: visible; margin-top: auto; }
figure.paper { background: #ffffff; color: #1b1f24; padding: 10px; border-radius: 6px; max-width: 760px; }
.paper .chart { --plot-background: #ffffff; }
details { border-top: 1px solid var(--line); padding: 6px 0; }
details:last-of-type { border-bottom: 1px solid var(--line); }
summary { cursor: pointer; padding: 4px 0; font-weight: 600; }
code { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .86em; overflow-wrap: anywhere; }
footer { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: .8rem; color: var(--quiet); font-size: .85rem; }
@media (max-width: 480px) {
  main { padding: 16px 14px 32px; }
  h1 { font-size: 1.4rem; }
  .verdict, .apart { padding: 10px 12px; }
  table { font-size: .82rem; }
  th, td { padding-right: 9px; }
}
@media print {
  :root {
    --ground: #ffffff; --panel: #f6f7f8; --ink: #000000; --quiet: #444444; --line: #bbbbbb; --good: #12693a; --bad: #b3261e;
    --simulated: #5aae8f; --exact: #111111; --corrected: #0072b2; --brownian: #c44e00; --muted: #767676;
  }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  .charts { grid-template-columns: 1fr 1fr; gap: 12px 18px; }
  figure, .verdict, .apart, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .scroll { overflow: visible; }
  table { font-size: 8.5pt; }
  details::details-content { content-visibility: visible; block-size: auto; }
  footer { break-inside: avoid; }
}
`;
