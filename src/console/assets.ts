/**
 * Style sheet and scripts: read once, served under a name that holds their digest, for ever.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type AdminRoute, page } from '../access/route.js';
import { PACKAGE_ROOT } from '../package-root.js';

const FOLDER = join(PACKAGE_ROOT, 'src', 'console', 'assets');
const htmx = join(
  dirname(createRequire(import.meta.url).resolve('htmx.org/package.json')),
  'dist',
  'htmx.min.js',
);

interface Asset {
  readonly url: string;
  readonly type: string;
  readonly bytes: Buffer;
}

function asset(name: string, extension: 'css' | 'js' | 'svg', file: string): Asset {
  const bytes = readFileSync(file);
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  const type = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' }[extension];
  return {
    url: `/assets/${name}.${digest}.${extension}`,
    type: `${type}; charset=utf-8`,
    bytes,
  };
}

const ASSETS = {
  style: asset('style', 'css', join(FOLDER, 'style.css')),
  script: asset('console', 'js', join(FOLDER, 'console.js')),
  marks: asset('marks', 'svg', join(FOLDER, 'marks.svg')),
  icon: asset('icon', 'svg', join(FOLDER, 'icon.svg')),
  htmx: asset('htmx', 'js', htmx),
} as const;

export type AssetName = keyof typeof ASSETS;

export function assetUrl(name: AssetName): string {
  return ASSETS[name].url;
}

export const ASSET_ROUTES: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/assets/:name',
    rule: 'open',
    reach: 'none',
    // A session's new token must not stand in an answer that others may keep.
    forAll: true,
    async handle({ path }) {
      const found = Object.values(ASSETS).find(({ url }) => url === path);
      if (found === undefined) return page('', 404);
      return {
        type: found.type,
        headers: { 'Cache-Control': 'public, max-age=31536000, immutable' },
        body: found.bytes,
      };
    },
  },
];
