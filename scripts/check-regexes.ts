// `npm run test:regexes`: every regular expression of the source through recheck
// (https://makenowjust-labs.github.io/recheck/), which finds those a crafted text can hold for hours
// (F48). recheck is 57 MB and needed nowhere else, so .ci/wider/regexes fetches it into a folder of its
// own; without it this says so and exits with 77.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { parseSync } from 'vite'
import { z } from 'zod'
import { root } from './children'

const home = path.join(root, '.oneway-recheck')
const folders = ['app', 'components', 'lib', 'scripts']
/** For one expression; what cannot be judged by then counts as found. */
const limitMs = 60_000

type Regex = { where: string; source: string; flags: string }

const literal = z.object({
  type: z.literal('Literal'),
  start: z.number(),
  regex: z.object({ pattern: z.string(), flags: z.string() }),
})

/** Calls `see` with every object of a syntax tree. */
function walk(node: unknown, see: (node: object) => void): void {
  if (typeof node !== 'object' || node === null) return
  see(node)
  for (const part of Object.values(node)) walk(part, see)
}

function regexesIn(file: string): Regex[] {
  const text = readFileSync(path.join(root, file), 'utf8')
  const { program, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`)
  const found: Regex[] = []
  walk(program, (node) => {
    const { data } = literal.safeParse(node)
    if (!data) return
    const line = text.slice(0, data.start).split('\n').length
    found.push({ where: `${file}:${line}`, source: data.regex.pattern, flags: data.regex.flags })
  })
  return found
}

// What mutates plists in tests meets nobody's text but its own.
const isSource = (file: string) =>
  /\.(?:tsx?|mjs)$/.test(file) && !/\btest(?:ing)?\b|^scripts\/plists\//.test(file)

function listRegexes(): Regex[] {
  const all = folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((file) => path.join(folder, file))
      .filter(isSource)
      .flatMap(regexesIn),
  )
  return [...new Map(all.map((one) => [`/${one.source}/${one.flags}`, one])).values()]
}

const verdict = z.object({
  status: z.enum(['safe', 'vulnerable', 'unknown']),
  complexity: z.object({ summary: z.string() }).optional(),
  attack: z.object({ pattern: z.string() }).optional(),
})

type Check = (source: string, flags: string, options: { timeout: number }) => Promise<unknown>

function loadRecheck(): Check | undefined {
  if (!existsSync(path.join(home, 'node_modules', 'recheck'))) return undefined
  const loaded: unknown = createRequire(path.join(home, 'x.js'))('recheck')
  // Its own types are not here to be compared with; a wrong guess fails at the first call.
  return (loaded as { check: Check }).check
}

async function main(): Promise<number> {
  const check = loadRecheck()
  if (!check) {
    console.log(`recheck is not in ${home}: nothing was checked.`)
    return 77
  }
  const regexes = listRegexes()
  const problems: string[] = []
  for (const { where, source, flags } of regexes) {
    const { status, complexity, attack } = verdict.parse(
      await check(source, flags, { timeout: limitMs }),
    )
    if (status === 'safe') continue
    problems.push(`${where} /${source}/${flags}: ${status}, ${complexity?.summary ?? 'no verdict'}`)
    if (attack) problems.push(`    such as ${attack.pattern.slice(0, 200)}`)
  }
  console.log(`${regexes.length} expressions, ${problems.length === 0 ? 'all linear' : 'not all'}`)
  for (const problem of problems) console.log(problem)
  return problems.length === 0 ? 0 : 1
}

process.exit(await main())
