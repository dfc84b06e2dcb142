/**
 * The rules of the house about who may know whom, checked on the syntax trees of TypeScript's own compiler: imports run
 * downwards only and in no circle, the judge stands apart, backends do not know each other, Node and the DOM stay at
 * the edges. Not about style: that is the linter's.
 */
import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import ts from 'typescript';

/** Folders of src/ from the bottom up; a folder may import itself and those of lower rank. Equal rank: strangers. */
const RANK: Readonly<Record<string, number>> = {
  numeric: 0,
  host: 0,
  scenario: 1,
  fleet: 2,
  law: 3,
  theory: 4,
  engine: 4,
  stats: 5,
  study: 6,
  report: 7,
  sweep: 8,
  library: 9,
  cli: 9,
  page: 9,
};
/** Modules at the top of src that the lowest floor may know. */
const BELOW_ALL = new Set(['src/errors.js', 'src/plain-error.js', 'src/memo.js']);
const BACKENDS = new Set(['cpu', 'webgpu', 'gpujs']);
const BUILTINS = new Set(builtinModules);

/**
 * Every module that a source names: imports, re-exports, `import()` as expression and as type, `require`, `import x =
 * require`.
 */
export function namedModules(path: string, text: string): string[] {
  const modules: string[] = [];
  const add = (node: ts.Node | undefined) => {
    if (node === undefined) return;
    // A computed import cannot be checked, so it is one that no rule allows.
    modules.push(ts.isStringLiteralLike(node) ? node.text : `<${node.getText()}>`);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier);
    else if (ts.isImportTypeNode(node))
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument);
    else if (ts.isExternalModuleReference(node)) add(node.expression);
    else if (ts.isCallExpression(node)) {
      const { expression } = node;
      const dynamic = expression.kind === ts.SyntaxKind.ImportKeyword;
      if (dynamic || (ts.isIdentifier(expression) && expression.text === 'require')) add(node.arguments[0]);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return modules;
}

/** The parts of a path that rules speak of; `path` is relative to the repository, with `/`. */
function place(path: string): { folder: string | undefined; backend: string | undefined } {
  const parts = path.split('/');
  const folder = parts[0] === 'src' && parts.length > 2 ? parts[1] : undefined;
  const inner = folder === 'engine' ? parts[2] : '';
  return { folder, backend: BACKENDS.has(inner) ? inner : undefined };
}

const isNodeSide = (path: string) => /^src\/(cli\/|sweep\/node\/|host\/node)/.test(path);

/** What is wrong with `path` importing `specifier`, or undefined. */
function judge(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('<')) return 'a module name that is computed cannot be checked';
  const bare = specifier.replace(/^node:/, '').split('/')[0];
  if (specifier.startsWith('node:') || BUILTINS.has(bare)) {
    if (!specifier.startsWith('node:')) return 'Node’s modules are named with node:';
    return isNodeSide(path) ? undefined : 'only src/cli, src/sweep/node and src/host/node* import node:';
  }
  const from = place(path);
  if (specifier === '#host' || specifier === '#worker-scope') {
    const askers = ['host', 'engine', 'cli', 'page'];
    return askers.includes(from.folder ?? '') ? undefined : 'only the engine and the two faces ask the host';
  }
  if (specifier === '#sha256') return path === 'src/hash.ts' ? undefined : 'only src/hash.ts asks for #sha256';
  if (specifier === 'webgpu') return isNodeSide(path) ? undefined : 'only src/host/node* loads webgpu';
  if (!specifier.startsWith('.')) return undefined; // a library

  const target = posix.join(posix.dirname(path), specifier);
  if (target === 'kernels/wasm/fourier.wasm') {
    return from.folder === 'numeric' ? undefined : 'only src/numeric loads the transforms';
  }
  if (target.startsWith('kernels/')) return from.folder === 'engine' ? undefined : 'only the engine loads kernels';
  if (target === 'package.json') return undefined;
  if (!target.startsWith('src/')) return 'src imports nothing outside src but kernels and package.json';
  if (!/\.(js|json|css|css\.txt|csv|html|svg)$/.test(target)) return 'relative imports end in .js';
  const to = place(target);
  if (from.folder !== undefined && RANK[from.folder] === 0) {
    return to.folder === from.folder || BELOW_ALL.has(target)
      ? undefined
      : `${from.folder} imports only itself and errors`;
  }
  if (from.folder === undefined) {
    const isIndex = path === 'src/index.ts';
    if (to.folder === undefined) return undefined;
    if (!isIndex) return 'modules at the top of src import no folder of it, save index.ts';
    return to.folder === 'cli' || to.folder === 'page' ? 'the library does not contain its faces' : undefined;
  }
  if (to.folder === undefined) {
    return target === 'src/index.js' && RANK[from.folder] !== RANK['cli'] ? 'only the faces import index' : undefined;
  }
  if (!(from.folder in RANK)) return `folder src/${from.folder} has no place in the order`;
  if (!(to.folder in RANK)) return `folder src/${to.folder} has no place in the order`;
  if (from.backend !== undefined && to.backend !== undefined && from.backend !== to.backend) {
    return 'backends never see each other';
  }
  if (from.folder !== to.folder && RANK[to.folder] >= RANK[from.folder]) {
    return `imports run downwards only, and ${to.folder} is not below ${from.folder}`;
  }
  return undefined;
}

/** Violations of the import rules, one line each; `sources` by path relative to the repository. */
export function importViolations(sources: ReadonlyMap<string, string>): string[] {
  const violations: string[] = [];
  for (const [path, text] of sources) {
    for (const specifier of namedModules(path, text)) {
      const wrong = judge(path, specifier);
      if (wrong !== undefined) violations.push(`${path} imports ${specifier}: ${wrong}`);
    }
  }
  return violations;
}

/** Files that know each other by a way round, types included: one line a circle. `sources` as for the rules. */
export function importCircles(sources: ReadonlyMap<string, string>): string[] {
  const known = new Map<string, readonly string[]>();
  for (const [path, text] of sources) {
    const targets = namedModules(path, text)
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts'));
    known.set(
      path,
      targets.filter((target) => sources.has(target)),
    );
  }
  // Whatever can be reached from a file and reaches it is in one circle with it.
  const reached = new Map([...known.keys()].map((path) => [path, reachable(path, known)]));
  const circles = new Set<string>();
  for (const [path, others] of reached) {
    if (!others.has(path)) continue;
    const members = [...others].filter((other) => reached.get(other)?.has(path) === true);
    circles.add(members.sort().join(' ↔ '));
  }
  return [...circles];
}

function reachable(path: string, known: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>();
  const open = [...(known.get(path) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(known.get(next) ?? []));
  }
  return found;
}
