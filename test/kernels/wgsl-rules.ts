/**
 * What compilers of WGSL, and of what it is translated to, are known to refuse although the specification allows it.
 * Texts are read without a parser: the kernels are written plainly enough.
 */

/** A rule, the source of which says who refuses what breaks it. */
export interface Rule {
  readonly name: string;
  readonly source: string;
  /** What breaks it, in words. */
  readonly findings: (code: string) => string[];
}

export interface CodeFunction {
  readonly name: string;
  readonly parameters: string;
  readonly body: string;
}

export function withoutComments(code: string): string {
  return code.replace(/\/\/.*$/gm, '');
}

/** The functions of a text in WGSL, HLSL or MSL. */
function functionsOf(code: string): CodeFunction[] {
  const text = withoutComments(code);
  const out: CodeFunction[] = [];
  let depth = 0;
  let from = 0;
  let open = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '{' && depth++ === 0) open = at;
    if (text[at] === ';' && depth === 0) from = at + 1;
    if (text[at] !== '}' || --depth > 0) continue;
    const head = text.slice(from, open).replace(/\[\[.*?\]\]|\[numthreads.*?\]|@\w+(\(\w+\))?/g, '');
    const found = /(\w+)\s*\(([^]*)\)/.exec(head);
    if (found !== null) out.push({ name: found[1], parameters: found[2], body: text.slice(open + 1, at) });
    from = at + 1;
  }
  return out;
}

/** Barriers within a branch or a loop, or behind a return. @param barrier the call's name */
export function misplacedBarriers(code: string, barrier: string): string[] {
  const functions = functionsOf(code);
  // A call of what has a barrier is one.
  const calls = new Set([barrier]);
  for (let known = 0; known < calls.size;) {
    known = calls.size;
    for (const { name, body } of functions) if (callsIn(body, calls).length > 0) calls.add(name);
  }
  return functions.flatMap(({ name, body }) =>
    callsIn(body, calls).flatMap(({ called, before }) => {
      const depth = before.split('{').length - before.split('}').length;
      if (depth > 0) return [`${called} within a branch or a loop of ${name}`];
      return /\breturn\b/.test(before) ? [`${called} behind a return of ${name}`] : [];
    }),
  );
}

function callsIn(body: string, calls: ReadonlySet<string>): { called: string; before: string }[] {
  return [...body.matchAll(/(\w+)\s*\(/g)]
    .filter(([, called]) => calls.has(called))
    .map(({ 1: called, index }) => ({ called, before: body.slice(0, index) }));
}

const LITERAL = /^(true|false|\d+u?|0x[0-9a-f]+u)$/;

/** Sizes of arrays, as they are written: at most one a line. */
function arraySizes(code: string): string[] {
  return [...withoutComments(code).matchAll(/\barray<\w+(?:<\w+>)?,\s*(.*)>/g)].map(([, size]) => size);
}

/** Pointers of a function's parameters. */
function pointersOf({ parameters }: CodeFunction): string[] {
  return [...parameters.matchAll(/(\w+)\s*:\s*ptr</g)].map(([, name]) => name);
}

export const RULES: readonly Rule[] = [
  {
    name: 'barriers stand outside of every branch and loop',
    source: 'FXC, error X3663: microsoft/DirectXShaderCompiler#1306; gpuweb/gpuweb#3691',
    findings: (code) => ['workgroupBarrier', 'storageBarrier'].flatMap((barrier) => misplacedBarriers(code, barrier)),
  },
  {
    name: 'the size of an array is a number, or the name of one',
    source: 'naga: gfx-rs/wgpu#5315, #7078; two arrays of the same expression, gfx-rs/wgpu#7082',
    findings: (code) => arraySizes(code).filter((size) => !LITERAL.test(size) && !/^\w+$/.test(size)),
  },
  {
    name: 'constants and overrides begin as literals',
    source: 'naga: constant expressions came in parts, functions as select last, gfx-rs/naga#2309',
    findings: (code) =>
      [...withoutComments(code).matchAll(/^(?:const|override) (\w+).*?=\s*(.*);/gm)]
        .filter(([, , value]) => !LITERAL.test(value))
        .map(([text]) => text),
  },
  {
    name: 'no extension of the language, no subgroups, no floats',
    source: 'what browsers have of them differs (MDN, WGSLLanguageFeatures); floats differ in their last bits',
    findings: (code) =>
      withoutComments(code).match(/^\s*(enable|requires|diagnostic)\b.*|\b(subgroup\w*|quad\w+|f16|f32)\b|\d\.\d/gm) ??
      [],
  },
  {
    name: 'pointers lead to variables of functions, and are passed whole',
    source: 'unrestricted_pointer_parameters, which naga lists as not implemented (naga, wgsl.rs)',
    findings: (code) => [
      ...(withoutComments(code).match(/ptr<(?!function,)\w+/g) ?? []),
      ...(withoutComments(code).match(/(?<!atomic\w+\()&\w+[.[]/g) ?? []),
    ],
  },
  {
    name: 'pointers are followed by an asterisk',
    source: 'pointer_composite_access came with Chrome 123 (developer.chrome.com/blog/new-in-webgpu-123)',
    findings: (code) =>
      functionsOf(code).flatMap((own) =>
        pointersOf(own).flatMap((name) => own.body.match(new RegExp(`(?<![*.\\w])${name}\\s*[.[]`, 'g')) ?? []),
      ),
  },
  {
    name: 'no element of a variable array or vector is assigned by a number that is computed',
    source: 'FXC unrolls the loop around it, or gives up, X3550 and X3511: gfx-rs/wgpu#4436',
    findings: (code) =>
      functionsOf(code).flatMap(({ body }) =>
        [...body.matchAll(/\bvar (\w+)/g)].flatMap(
          ([, name]) =>
            body.match(new RegExp(`(?<![.\\w])${name}\\[[^\\]]*[a-z][^\\]]*\\]\\s*[-+*/|&^]?=(?!=)`, 'g')) ?? [],
        ),
      ),
  },
];
