/**
 * Set-up and start: `npm start`, `npm test` and `npm run bench|fuzz|crash|interop|mutants` come here. Plain
 * JavaScript without dependencies, since it runs before anything is installed or compiled.
 *
 * One line per step. A step that has nothing to do says nothing.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MODULES = join(ROOT, 'node_modules');
/** What is installed: hash of the lockfile, and whether optional packages are there. */
const INSTALL_STAMP = join(MODULES, '.edxgate-installed.json');
/** What dist/ was compiled from. */
const BUILD_STAMP = join(ROOT, 'dist', '.edxgate-built');
const MAIN = join(ROOT, 'dist', 'src', 'cli', 'main.js');
const LEAST_NODE = [20, 20];
const TAIL_LINES = 30;

const [mode = 'start', ...rest] = process.argv.slice(2);

try {
  checkNode();
  await install(mode === 'start' ? 'without-optional' : 'all');
  await build(mode === 'start' ? 'unchecked' : 'checked');
  linkProgram();
  process.exitCode = await run();
} catch (error) {
  console.error(`edxgate: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  throw new Error(
    `Node ${process.versions.node} is too old; install ${LEAST_NODE.join('.')} or later.`,
  );
}

// ---- install -------------------------------------------------------------------------------------

/** @returns {{ hash?: string, packages?: 'all' | 'without-optional' }} */
function readStamp() {
  try {
    return JSON.parse(readFileSync(INSTALL_STAMP, 'utf8'));
  } catch {
    return {};
  }
}

/**
 * What npm itself recorded of an installation that somebody made by hand, held against the lockfile.
 *
 * @returns {'all' | 'without-optional' | undefined} undefined: not what the lockfile says.
 */
function foundInstallation() {
  const record = join(MODULES, '.package-lock.json');
  if (!existsSync(record)) return undefined;
  const wanted = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
  const there = JSON.parse(readFileSync(record, 'utf8')).packages;
  const forUs = ({ os, cpu }) =>
    (os?.includes(process.platform) ?? true) && (cpu?.includes(process.arch) ?? true);
  let packages = 'all';
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || (there[path] && there[path].integrity === entry.integrity)) continue;
    if (!entry.optional) return undefined;
    if (forUs(entry)) packages = 'without-optional';
  }
  return packages;
}

/**
 * @param {'all' | 'without-optional'} wanted Optional packages are compiled on the machine; only tests
 *   need them. Adding them later must not compile again what is there, so nothing is deleted then.
 */
async function install(wanted) {
  const lock = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json')));
  const hash = lock.update(process.versions.modules).digest('hex');
  const stamp = readStamp();
  const packages =
    stamp.hash === hash ? stamp.packages : stamp.hash ? undefined : foundInstallation();
  if (packages === 'all' || packages === wanted) return;
  const adding = packages === 'without-optional';
  const args = adding
    ? ['install', '--no-save', '--include=optional']
    : ['ci', wanted === 'all' ? '--include=optional' : '--omit=optional'];
  const quiet = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const what = adding ? 'optional packages' : 'packages of the lockfile';
  await step(
    `install ${what}`,
    'npm',
    [...args, ...quiet],
    [
      'Packages come from the registry of npm: is it reachable?',
      'The driver of the store is compiled on Node 20: that needs python3, make and a C++ compiler',
      '(Debian, Ubuntu: apt-get install python3 make g++).',
    ],
  );
  writeFileSync(INSTALL_STAMP, JSON.stringify({ hash, packages: wanted }));
}

// ---- build ---------------------------------------------------------------------------------------

/** Hash over names, sizes and content of everything the compiler reads. */
function sourceHash() {
  const hash = createHash('sha256').update(process.versions.modules);
  const files = ['src', 'test', 'bench'].flatMap((folder) => {
    const top = join(ROOT, folder);
    if (!existsSync(top)) return [];
    return readdirSync(top, { recursive: true, encoding: 'utf8' }).map((name) => join(top, name));
  });
  for (const file of [
    ...files.sort(),
    join(ROOT, 'tsconfig.json'),
    join(ROOT, 'package-lock.json'),
  ]) {
    const sources = /\.(?:ts|mts|json)$/.test(file) && statSync(file).isFile();
    if (sources) hash.update(file.slice(ROOT.length)).update('\0').update(readFileSync(file));
  }
  return hash.digest('hex');
}

/**
 * The first start only needs the output; types are checked before tests run. Both are incremental.
 *
 * @param {'checked' | 'unchecked'} wanted
 */
async function build(wanted) {
  const hash = sourceHash();
  const [builtHash, builtHow] = existsSync(BUILD_STAMP)
    ? readFileSync(BUILD_STAMP, 'utf8').split(' ')
    : [];
  if (builtHash === hash && (builtHow === 'checked' || builtHow === wanted)) return;
  removeOrphans();
  const compiler = join(MODULES, 'typescript', 'bin', 'tsc');
  await step(
    wanted === 'checked' ? 'compile and check types' : 'compile',
    process.execPath,
    [compiler, '-p', join(ROOT, 'tsconfig.json'), ...(wanted === 'checked' ? [] : ['--noCheck'])],
    ['If a package is said to be missing: remove node_modules and start again.'],
  );
  writeFileSync(BUILD_STAMP, `${hash} ${wanted}`);
}

/** Output of sources that are gone would still be found and run by mocha. */
function removeOrphans() {
  rmSync(BUILD_STAMP, { force: true });
  const dist = join(ROOT, 'dist');
  if (!existsSync(dist)) return;
  for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const source = name.replace(/\.js(?:\.map)?$/, '.ts');
    if (source !== name && !existsSync(join(ROOT, source))) rmSync(join(dist, name));
  }
}

/** So that `npx edxgate` finds this very checkout. npm links only what others depend on. */
function linkProgram() {
  chmodSync(MAIN, 0o755);
  const link = join(MODULES, '.bin', 'edxgate');
  const there = lstatSync(link, { throwIfNoEntry: false });
  if (there?.isSymbolicLink()) return;
  mkdirSync(join(MODULES, '.bin'), { recursive: true });
  symlinkSync(join('..', '..', 'dist', 'src', 'cli', 'main.js'), link);
}

// ---- steps and the program -----------------------------------------------------------------------

/** Runs a tool; its output is shown only when it fails, with what may be missing. */
async function step(name, command, args, help) {
  const started = performance.now();
  const lines = [];
  const status = await new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        lines.push(...text.split('\n'));
        lines.splice(0, Math.max(0, lines.length - 400));
      });
    }
    child.on('error', reject).on('close', resolve);
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (status === 0) {
    console.error(`edxgate: ${name} (${seconds} s)`);
    return;
  }
  const tail = lines.filter((line) => line.trim() !== '').slice(-TAIL_LINES);
  throw new Error([`${name} failed (${seconds} s)`, ...tail, ...help].join('\n  '));
}

function program() {
  switch (mode) {
    case 'start':
      return [MAIN, 'try', '--dir', 'data', ...rest];
    case 'test':
      return [join(MODULES, 'mocha', 'bin', 'mocha.js'), ...rest];
    case 'bench':
      return [join(ROOT, 'dist', 'bench', 'run.js'), ...rest];
    case 'fuzz':
      return [join(ROOT, 'dist', 'test', 'fuzz', 'run.js'), ...rest];
    case 'crash':
      return [join(ROOT, 'dist', 'test', 'crash', 'run.js'), ...rest];
    case 'interop':
      return [join(ROOT, 'dist', 'test', 'interop-runner', 'run.js'), ...rest];
    case 'mutants':
      return [join(ROOT, 'dist', 'test', 'mutants', 'run.js'), ...rest];
    default:
      throw new Error(
        `there is no mode ${mode}; use start, test, bench, fuzz, crash, interop or mutants`,
      );
  }
}

/** Signals go on to the program, which ends in order; its status is ours. */
async function run() {
  const child = spawn(process.execPath, program(), { cwd: ROOT, stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
    process.on(signal, () => {
      // From the keyboard the whole group gets SIGINT; twice would mean "at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });
}
