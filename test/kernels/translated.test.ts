/**
 * Every kernel in every form as Direct3D and Metal get it in Firefox: naga, compiled to WebAssembly, writes HLSL and
 * MSL of it. Nothing here runs them: what FXC and Metal are known to refuse is looked for in the text.
 */
import { nagaVersion, parseWgsl, validate, writeHlsl, writeMsl } from 'naga-wasm';
import { afterAll, describe, expect, test } from 'vitest';
import { HARVEST_MODE } from '../../src/law/site-tables.js';
import { STAGES } from '../../src/engine/stages.js';
import { STATE } from '../../src/engine/kernels/state.js';
import { KERNELS, WORKGROUP_SIZE } from '../../src/engine/webgpu/kernels.js';
import { REDUCTION_FORMS, reductionConstants } from '../../src/engine/webgpu/reduction.js';
import { withoutComments, misplacedBarriers } from './wgsl-rules.js';

type Constants = Readonly<Record<string, number>>;

/** What each override may be: those that a kernel has are put together in every way. */
const VALUES: readonly (readonly Constants[])[] = [
  [
    { has_residual: 0, byte_cells: 1 },
    { has_residual: 0, byte_cells: 0 },
    { has_residual: 1, byte_cells: 0 },
  ],
  [{ distributed: 0 }, { distributed: 1 }],
  [{ has_queue: 0 }, { has_queue: 1 }],
  Object.values(HARVEST_MODE).map((harvest_mode) => ({ harvest_mode })),
  STAGES.map((_, stage) => ({ stage })),
  [1, 4, 9].map((kind_bits) => ({ kind_bits, kind_columns: 2 ** kind_bits })),
  Object.values(REDUCTION_FORMS).map((form) => reductionConstants(form, STATE.lumped.at.least)),
  [{ workgroup_size: WORKGROUP_SIZE }],
];

function formsOf(code: string): Constants[] {
  const own = VALUES.filter(([first]) => Object.keys(first).some((name) => code.includes(`override ${name}:`)));
  return own.reduce<Constants[]>(
    (forms, values) => forms.flatMap((form) => values.map((value) => ({ ...form, ...value }))),
    [{}],
  );
}

/** With overrides given, as a device is given them with the pipeline: the package takes none. */
function withConstants(code: string, constants: Constants): string {
  return code.replace(/^override (\w+): (\w+) = (.*);/gm, (_, name: string, type: string, usual: string) => {
    const value = name in constants ? constants[name] : undefined;
    const given = value === undefined ? usual : type === 'bool' ? String(value === 1) : `${value}u`;
    return `const ${name}: ${type} = ${given};`;
  });
}

const counts = { sources: 0, forms: 0 };

describe(`naga ${nagaVersion}`, () => {
  afterAll(() => {
    console.log(`${counts.sources} kernels in ${counts.forms} forms, each as HLSL 5.1 and MSL 2.0`);
  });

  test.each(Object.entries(KERNELS))('%s', (_, { code }) => {
    const hasWorkgroupMemory = withoutComments(code).includes('var<workgroup>');
    const forms = formsOf(code);
    for (const constants of forms) {
      const parsed = parseWgsl(withConstants(code, constants));
      const info = validate(parsed);
      const hlsl = writeHlsl(parsed, info, { shaderModel: '5_1' });
      const msl = writeMsl(parsed, info, { langVersion: [2, 0] });
      info.free();
      parsed.free();
      for (const [text, barrier] of [
        [hlsl, 'GroupMemoryBarrierWithGroupSync'],
        [msl, 'threadgroup_barrier'],
      ] as const) {
        // Workgroup memory is cleared, and there is no barrier without it.
        expect(text.includes(barrier)).toBe(hasWorkgroupMemory);
        expect(misplacedBarriers(text, barrier), `${barrier} ${JSON.stringify(constants)}`).toEqual([]);
        expect(text).not.toMatch(/\b(float|half|double)\b/);
      }
    }
    counts.sources++;
    counts.forms += forms.length;
  });
});
