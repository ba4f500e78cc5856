/** @type {import('next').NextConfig} */
// Headers and the favicon are lib/web's affair: it stands before Next and answers for every response.
const config = {
  poweredByHeader: false,
  // A webhook address typed with a slash at its end must be heard: NanoMDM posts once, and follows a
  // redirect at best.
  skipTrailingSlashRedirect: true,
  // The title of a page stands in its first byte, for every browser and not for crawlers alone: sent later it
  // is missing for a moment on a slow machine, and a screen reader begins with it (WCAG 2.4.2).
  // https://nextjs.org/docs/app/api-reference/config/next-config-js/htmlLimitedBots
  htmlLimitedBots: /.*/,
  // Bookmarks from when the parameter had another name. The API refuses what it does not know.
  redirects: async () => [
    {
      source: '/:path((?!api/|_next/).*)',
      has: [{ type: 'query', key: 'world', value: '(?<environment>real|simulated)' }],
      missing: [{ type: 'query', key: 'environment' }],
      destination: '/:path?environment=:environment',
      permanent: true,
    },
  ],
  // Two servers on one clone, such as a test beside a dev server, must not write into one folder.
  distDir: process.env.NEXT_DIST_DIR ?? '.next',
  // The image optimiser has been a way in (GHSA-2xp9-vwfh-vxw4) and nothing here needs it; lib/web/front.ts
  // answers its address with 404 as well.
  images: { unoptimized: true },
  // Types are checked by `npm run typecheck`; TypeScript 7 offers no API for Next to call.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: [
    'postgres',
    'pino',
    '@tus/file-store',
    '@tus/server',
    // The distributions of lib/domain/statistics: hundreds of small modules that a bundle would only copy.
    '@stdlib/math-base-special-gammainc',
    '@stdlib/stats-base-dists-beta-quantile',
    '@stdlib/stats-base-dists-hypergeometric-pmf',
    '@stdlib/stats-base-dists-normal-quantile',
  ],
  experimental: {
    // forbidden(): a page a role may not see answers 403 (lib/auth/guard.ts).
    authInterrupts: true,
    // A CSV of devices (5 MB at most, lib/core/devices/import/import-devices.ts) goes through a server action.
    serverActions: { bodySizeLimit: '6mb' },
    optimizePackageImports: ['@mantine/core', '@mantine/hooks', '@tabler/icons-react'],
  },
}

export default config
