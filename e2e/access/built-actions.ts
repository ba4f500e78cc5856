import { readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'

const manifestSchema = z.object({
  node: z.record(
    z.string(),
    z.object({
      workers: z.record(z.string(), z.unknown()),
      filename: z.string().optional(),
      exportedName: z.string().optional(),
    }),
  ),
})

/** Server actions of the build by `file:export`: the ID, and one page that accepts it. */
export function builtActions(distDir: string): Map<string, { id: string; page: string }> {
  const file = path.join(distDir, 'server', 'server-reference-manifest.json')
  const { node } = manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  return new Map(
    Object.entries(node).map(([id, { workers, filename, exportedName }]) => {
      const page = Object.keys(workers).find((one) => !one.includes('_not-found')) ?? 'app/page'
      return [`${filename}:${exportedName}`, { id, page }]
    }),
  )
}
