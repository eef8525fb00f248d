/**
 * Loads the configuration: file, then environment, then defaults, all problems at once.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { buildConfig, type Config } from './config.js';
import { CONFIG_VARIABLE, type Environment, variableOf } from './environment.js';
import type { Problem } from './problem.js';
import { type BrokenRule, brokenRules, clientAuthRule, tlsPairRule } from './rules.js';
import { reasonOf } from './secret-file.js';
import { ALL_SETTINGS, LATER_GROUPS, SETTINGS, type Setting } from './settings.js';
import { nearest } from './similar.js';
import { isLoopback, type RawValue, wordsOf } from './values.js';
import { readYamlKeys, type WrittenKey } from './yaml-keys.js';

export type Source = 'default' | 'file' | 'environment';

/** What was found for one key, as text. */
export interface Origin {
  readonly source: Source;
  readonly raw: RawValue;
  readonly line?: number;
  readonly variable?: string;
}

interface Loaded {
  /** Absolute; the folder of it is where relative paths start. */
  readonly file: string | undefined;
  readonly sources: ReadonlyMap<string, Source>;
  /** By key, in the order of the table. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** Environment variables that look like ours but are not; told, never refused. */
  readonly warnings: readonly Problem[];
}

export type LoadedConfig = Loaded &
  (
    | { readonly config: Config; readonly errors: readonly [] }
    | { readonly config: undefined; readonly errors: readonly Problem[] }
  );

export interface LoadOptions {
  /** Without one only environment and defaults count, and paths start at the working folder. */
  readonly file?: string | undefined;
  readonly env: Environment;
  /** Working folder; tests give their own. */
  readonly folder?: string;
}

/** Never throws for what is written in the configuration: that is in `errors`. */
export function loadConfig(options: LoadOptions): LoadedConfig {
  const file = options.file === undefined ? undefined : resolve(options.folder ?? '', options.file);
  const problems: Problem[] = [];
  const written = readFile(file, problems);
  const origins = new Map<string, Origin>();
  for (const setting of ALL_SETTINGS) {
    const origin = originOf(setting, written, options.env, problems);
    if (origin !== undefined) origins.set(setting.key, origin);
  }
  const values = new Map<Setting<unknown>, unknown>();
  for (const setting of ALL_SETTINGS) check(setting, origins, values, problems);

  const base = {
    file,
    origins,
    sources: new Map([...origins].map(([key, { source }]) => [key, source])),
    warnings: strayVariables(options.env),
  };
  const folder = file === undefined ? resolve(options.folder ?? '') : dirname(file);
  const config = complete(values) ? build(values, origins, folder) : undefined;
  const broken = config === undefined ? [] : brokenRules(config);
  for (const rule of [...pairRules(values), ...broken]) problems.push(placed(rule, origins));
  if (config === undefined || problems.length > 0) {
    return { ...base, config: undefined, errors: sorted(problems) };
  }
  return { ...base, config, errors: [] };
}

function readFile(file: string | undefined, problems: Problem[]): Map<string, WrittenKey> {
  const written = new Map<string, WrittenKey>();
  if (file === undefined) return written;
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = reasonOf(error);
    problems.push({
      text: `the file cannot be read: ${reason}`,
      textVi: `không đọc được tệp: ${reason}`,
    });
    return written;
  }
  const known = new Set(ALL_SETTINGS.map(({ key }) => key));
  const isGroup = (name: string): boolean =>
    [...known].some((key) => key.startsWith(`${name}.`)) && !known.has(name);
  const read = readYamlKeys(source, isGroup);
  problems.push(...read.problems);
  for (const one of read.keys) {
    if (known.has(one.key)) written.set(one.key, one);
    else problems.push(unknownKey(one, known, isGroup));
  }
  return written;
}

function unknownKey(
  { key, line }: WrittenKey,
  known: ReadonlySet<string>,
  isGroup: (name: string) => boolean,
): Problem {
  if (isGroup(key)) {
    return { key, line, text: 'holds keys, not a value', textVi: 'phải chứa các khóa con' };
  }
  if (LATER_GROUPS.has(key.split('.')[0] ?? '')) {
    return {
      key,
      line,
      text: 'not available in this version',
      textVi: 'chưa có trong phiên bản này',
    };
  }
  const meant = nearest(key, known);
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  const hintVi = meant === undefined ? '' : `; có phải ý là ${meant}?`;
  return { key, line, text: `unknown key${hint}`, textVi: `khóa không được biết${hintVi}` };
}

function originOf(
  setting: Setting<unknown>,
  written: ReadonlyMap<string, WrittenKey>,
  env: Environment,
  problems: Problem[],
): Origin | undefined {
  const { key } = setting;
  const variable = variableOf(key);
  const given = env[variable];
  if (given !== undefined && given !== '') return { source: 'environment', raw: given, variable };
  const inFile = written.get(key);
  if (inFile !== undefined) {
    const { line, value } = inFile;
    if (value !== undefined) return { source: 'file', raw: value, line };
    problems.push({
      key,
      line,
      text: 'has no value; write one or leave the key out',
      textVi: 'chưa có giá trị; ghi giá trị hoặc bỏ khóa này',
    });
  } else if (setting.fallback === undefined) {
    problems.push({
      key,
      text: `is required (${setting.form})`,
      textVi: `bắt buộc phải có (${setting.form})`,
    });
  }
  return setting.fallback === undefined ? undefined : { source: 'default', raw: setting.fallback };
}

function check(
  setting: Setting<unknown>,
  origins: ReadonlyMap<string, Origin>,
  values: Map<Setting<unknown>, unknown>,
  problems: Problem[],
): void {
  const origin = origins.get(setting.key);
  if (origin === undefined) return;
  const result = setting.schema.safeParse(origin.raw);
  if (result.success) {
    values.set(setting, result.data);
    return;
  }
  for (const words of wordsOf(result.error)) {
    problems.push(placed({ key: setting.key, ...words }, origins));
  }
}

function complete(values: ReadonlyMap<Setting<unknown>, unknown>): boolean {
  return ALL_SETTINGS.every((setting) => values.has(setting)) && pairRules(values).length === 0;
}

/** Values were put under the setting whose schema made them, so its type is theirs. */
function build(
  values: ReadonlyMap<Setting<unknown>, unknown>,
  origins: ReadonlyMap<string, Origin>,
  folder: string,
): Config {
  const config = buildConfig((setting) => values.get(setting) as never, folder);
  const chosen = origins.get(SETTINGS.adminMetrics.key)?.source !== 'default';
  if (chosen || isLoopback(config.admin.host)) return config;
  return { ...config, admin: { ...config.admin, metrics: 'token' } };
}

function pairRules(values: ReadonlyMap<Setting<unknown>, unknown>): BrokenRule[] {
  const text = (setting: Setting<unknown>): string => String(values.get(setting) ?? '');
  const listOf = (setting: Setting<readonly string[]>): readonly string[] => {
    const value = values.get(setting);
    return Array.isArray(value) ? value : [];
  };
  return [
    ...tlsPairRule('exchange', text(SETTINGS.exchangeCertificate), text(SETTINGS.exchangeKey)),
    ...tlsPairRule('admin', text(SETTINGS.adminCertificate), text(SETTINGS.adminKey)),
    ...clientAuthRule(listOf(SETTINGS.exchangeClientCa), text(SETTINGS.exchangeClientAuth)),
  ];
}

function placed(rule: BrokenRule, origins: ReadonlyMap<string, Origin>): Problem {
  const origin = origins.get(rule.key);
  return {
    ...rule,
    ...(origin?.line === undefined ? {} : { line: origin.line }),
    ...(origin?.variable === undefined ? {} : { variable: origin.variable }),
  };
}

function sorted(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

/**
 * Warnings only: where a service of this name runs under a scheduler, variables such as
 * EDXGATE_SERVICE_HOST come from outside.
 */
function strayVariables(env: Environment): Problem[] {
  const known = new Set([CONFIG_VARIABLE, ...ALL_SETTINGS.map(({ key }) => variableOf(key))]);
  return Object.keys(env)
    .filter((name) => name.startsWith('EDXGATE_') && !known.has(name))
    .map((variable) => {
      const meant = nearest(variable, known);
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
      const hintVi = meant === undefined ? '' : `; có phải ý là ${meant}?`;
      return {
        variable,
        text: `is not a setting and was not read${hint}`,
        textVi: `không phải là thiết lập và không được đọc${hintVi}`,
      };
    });
}
