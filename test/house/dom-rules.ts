/**
 * Finds uses of the DOM by what names mean, not by how they look: a global that is declared in TypeScript's DOM library
 * and neither in Node's types nor in WebGPU's is the DOM. So `performance` and `GPUDevice` pass, `document` does not,
 * and a local variable called `window` is nobody's business.
 */
import ts from 'typescript';

const mayTouchTheDom = (path: string) => path.startsWith('src/page/') || path.startsWith('src/host/browser');

const DOM_LIBRARY = /\/lib\.dom[^/]*\.d\.ts$/;
const WEBGPU = /\/@webgpu\/types\//;

/** Violations, one line each; `sources` by path relative to `root`, which need not exist there. */
export function domViolations(
  sources: ReadonlyMap<string, string>,
  root: string,
  options: ts.CompilerOptions,
): string[] {
  const absolute = new Map([...sources].map(([path, text]) => [`${root}/${path}`, text]));
  const files = ts.createCompilerHost(options, true);
  const host: ts.CompilerHost = {
    ...files,
    getSourceFile: (name, languageVersion) => {
      const text = absolute.get(name);
      return text === undefined
        ? files.getSourceFile(name, languageVersion)
        : ts.createSourceFile(name, text, languageVersion, true);
    },
    fileExists: (name) => absolute.has(name) || files.fileExists(name),
    readFile: (name) => absolute.get(name) ?? files.readFile(name),
    getCurrentDirectory: () => root,
  };
  const program = ts.createProgram([...absolute.keys()], options, host);
  const checker = program.getTypeChecker();
  const isDom = (symbol: ts.Symbol | undefined) => {
    // WebAssembly is of JavaScript engines, and only the DOM's library declares it.
    if (symbol === undefined || symbol.name.startsWith('GPU') || symbol.name === 'WebAssembly') return false;
    const from = (symbol.declarations ?? []).map((declaration) => declaration.getSourceFile().fileName);
    // WebGPU's types add members to the DOM's interfaces, which makes them no less the DOM's.
    return (
      from.some((file) => DOM_LIBRARY.test(file)) && from.every((file) => DOM_LIBRARY.test(file) || WEBGPU.test(file))
    );
  };

  const violations: string[] = [];
  for (const [path] of sources) {
    if (mayTouchTheDom(path)) continue;
    const file = program.getSourceFile(`${root}/${path}`);
    if (file === undefined) throw new Error(`${path} is not in the program`);
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node) && !isMemberName(node) && isDom(checker.getSymbolAtLocation(node))) {
        const { line } = file.getLineAndCharacterOfPosition(node.getStart());
        violations.push(`${path}:${line + 1} uses ${node.text}, which is the DOM's: only src/page touches the DOM`);
      }
      // globalThis.document is the same thing by another road.
      if (ts.isPropertyAccessExpression(node) && node.expression.getText() === 'globalThis') {
        if (isDom(checker.getSymbolAtLocation(node.name))) {
          const { line } = file.getLineAndCharacterOfPosition(node.getStart());
          violations.push(`${path}:${line + 1} uses ${node.getText()}: only src/page touches the DOM`);
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return violations;
}

/** Names that are looked up in something else than the scope: `x.name`, `{ name: … }`, `name` of a declared member. */
function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isQualifiedName(parent) && parent.right === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    ((ts.isPropertySignature(parent) || ts.isPropertyDeclaration(parent)) && parent.name === node) ||
    ((ts.isMethodSignature(parent) || ts.isMethodDeclaration(parent)) && parent.name === node)
  );
}
