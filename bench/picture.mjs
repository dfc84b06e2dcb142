/**
 * The picture of the README: `node bench/picture.mjs [FILE]` has the built command line validate 10⁶ paths, and puts
 * two charts of its report side by side into docs/validate.svg. Everything in it is what the report shows.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const [file = at('docs/validate.svg')] = process.argv.slice(2);
const SLOTS = 1024;
/** Identifiers of the charts in the report, and what is said above each. */
const CHARTS = [
  [`survival-${SLOTS}`, 'How likely is a deficit above d? Four answers'],
  ['mean-error', 'How far each is from the exact mean'],
];
const WIDTH = 440;
const HEIGHT = 320;
const TOP = 34;

const folder = mkdtempSync(join(tmpdir(), 'batterywalk-picture-'));
try {
  const options = [
    '--trials',
    '1e6',
    '--horizons',
    `16,64,256,${SLOTS}`,
    '--backend',
    'cpu',
    '--out',
    folder,
    '--quiet',
  ];
  const { status, stderr } = spawnSync(process.execPath, [at('dist/cli.js'), 'validate', 'reference', ...options]);
  if (status !== 0) throw new Error(`validate ended with ${status}: ${stderr}`);
  const report = readFileSync(join(folder, 'report.html'), 'utf8');
  const charts = CHARTS.map(([id, heading], i) => {
    const svg = (report.match(/<svg[^]*?<\/svg>/g) ?? []).find((text) => text.includes(`"${id}-title"`));
    if (svg === undefined) throw new Error(`the report has no chart "${id}"`);
    const x = i * (WIDTH + 20);
    const placed = svg.replace('<svg ', `<svg x="${x}" y="${TOP}" `);
    return `<text x="${x + 4}" y="22" font-size="15" font-weight="bold">${heading}</text>\n${placed}`;
  });
  const size = [WIDTH * CHARTS.length + 20 * (CHARTS.length - 1), HEIGHT + TOP];
  writeFileSync(
    file,
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.join(' ')}" width="${size[0]}" height="${size[1]}" ` +
      `font-family="system-ui, sans-serif">\n<title>10⁶ simulated paths beside the exact law and two formulas</title>\n` +
      `<rect width="100%" height="100%" fill="white"/>\n${charts.join('\n')}\n</svg>\n`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
