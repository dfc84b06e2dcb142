/**
 * Makes one folder, and one archive of it, that measures a GPU on a bare Linux machine: `node bench/device/bundle.mjs
 * [FOLDER]` after `npm run build`, by default out/device and out/device.tar.gz. It holds Node, Dawn, a Vulkan loader,
 * batterywalk, the parity suite, the peers and run.sh, for the platform that it is made on. `FOLDER/run.sh` is all that
 * is to be called there.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { parseTar } from 'nanotar';
import { textLoaders, wasmForEsbuild } from '../../kernels/wasm/compile.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = resolve(process.argv[2] ?? join(root, 'out/device'));
const dist = join(root, 'dist');
if (!existsSync(join(dist, 'cli.js'))) throw new Error('bundle: got no dist/cli.js, expected a build (npm run build)');

/** Shared libraries that NVIDIA's driver asks for and a bare machine may lack. */
const DEBIAN_LIBRARIES = [
  'libglvnd0',
  'libglx0',
  'libegl1',
  'libx11-6',
  'libxext6',
  'libxcb1',
  'libxau6',
  'libxdmcp6',
  'libbsd0',
  'libmd0',
];

rmSync(folder, { recursive: true, force: true });
for (const name of ['bin', 'dist', 'lib', 'bench']) mkdirSync(join(folder, name), { recursive: true });

// Node, without what debuggers need.
const node = join(folder, 'bin/node');
cpSync(process.execPath, node, { dereference: true });
spawnSync('strip', [node]);

// Dawn, of this platform alone.
const webgpu = join(root, 'node_modules/webgpu');
const native = join('dist', `${process.platform}-${process.arch}`);
for (const part of ['package.json', 'index.js', 'LICENSE.md', native]) {
  cpSync(join(webgpu, part), join(folder, 'node_modules/webgpu', part), { recursive: true });
}

// batterywalk: programs, not maps, not the page.
for (const file of readdirSync(dist)) {
  if (/\.(js|txt)$/.test(file) && !file.includes('.browser.')) cpSync(join(dist, file), join(folder, 'dist', file));
}
await build({
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  conditions: ['node'],
  external: ['webgpu'],
  entryPoints: { device: 'bench/device/main.ts' },
  outdir: join(folder, 'dist'),
  loader: textLoaders,
  define: { BATTERYWALK_VERSION: JSON.stringify(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version) },
  plugins: [wasmForEsbuild],
  banner: {
    js: "import { createRequire as forBundle } from 'node:module';\nconst require = forBundle(import.meta.url);",
  },
  logLevel: 'warning',
});
cpSync(join(root, 'bench/peers'), join(folder, 'bench/peers'), { recursive: true });
cpSync(join(root, 'bench/device/run.sh'), join(folder, 'run.sh'));
cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
chmodSync(join(folder, 'run.sh'), 0o755);

// A Vulkan loader, and SwiftShader to prove the folder where there is no GPU.
const archive = join(root, 'node_modules/@sparticuz/chromium/bin/swiftshader.tar.br');
if (existsSync(archive)) {
  for (const { name, data } of parseTar(brotliDecompressSync(readFileSync(archive)))) {
    if (/libvulkan|vk_swiftshader/.test(name) && data) writeFileSync(join(folder, 'lib', basename(name)), data);
  }
} else console.log('no @sparticuz/chromium: the folder has no Vulkan loader and no SwiftShader');
addDebianLibraries();

const packed = `${folder}.tar.gz`;
// The time is left out, so that equal contents are equal bytes.
const tar = spawnSync('tar', [
  '--sort=name',
  '--mtime=@0',
  '--owner=0',
  '--group=0',
  '-I',
  'gzip -9n',
  '-cf',
  packed,
  '-C',
  dirname(folder),
  basename(folder),
]);
if (tar.status !== 0) throw new Error(`bundle: tar failed: ${tar.stderr}`);
const mebibytes = (path) => (statSync(path).size / 2 ** 20).toFixed(1);
console.log(`${packed}: ${mebibytes(packed)} MiB`);
console.log(`tar xzf ${basename(packed)} && ${basename(folder)}/run.sh`);

function addDebianLibraries() {
  const temporary = mkdtempSync(join(tmpdir(), 'batterywalk-bundle-'));
  const got = spawnSync('apt-get', ['download', ...DEBIAN_LIBRARIES], { cwd: temporary, encoding: 'utf8' });
  for (const file of readdirSync(temporary).filter((name) => name.endsWith('.deb'))) {
    spawnSync('dpkg-deb', ['-x', file, 'x'], { cwd: temporary });
  }
  const found = spawnSync('find', ['x', '-name', 'lib*.so.*', '-type', 'l'], { cwd: temporary, encoding: 'utf8' });
  const names = found.status === 0 ? found.stdout.split('\n').filter((name) => name !== '') : [];
  for (const name of names) cpSync(join(temporary, name), join(folder, 'lib', basename(name)), { dereference: true });
  if (names.length === 0)
    console.log(`no further libraries: ${got.error?.message ?? got.stderr.trim().split('\n').at(-1)}`);
  rmSync(temporary, { recursive: true, force: true });
}
