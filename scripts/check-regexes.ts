// `npm run test:regexes`: checks every regular expression of the source with recheck
// (https://makenowjust-labs.github.io/recheck/), which finds those that a crafted text can stall (F48).
// recheck is 57 MB and used only here, so .ci/wider/regexes installs it into a folder of its own. Without
// it this exits with 77.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { parseSync } from 'vite'
import { z } from 'zod'
import { root } from './children'

const home = path.join(root, '.oneway-recheck')
const folders = ['app', 'components', 'lib', 'scripts']
/** Per expression; one without a verdict by then counts as a problem. */
const limitMs = 300_000

type Regex = { where: string; source: string; flags: string }

const literal = z.object({
  type: z.literal('Literal'),
  start: z.number(),
  regex: z.object({ pattern: z.string(), flags: z.string() }),
})

/** Calls `visit` with every object of a syntax tree. */
function walk(node: unknown, visit: (node: object) => void): void {
  if (typeof node !== 'object' || node === null) return
  visit(node)
  for (const part of Object.values(node)) walk(part, visit)
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

// The plist mutators run in tests only, on their own texts.
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
  // Its types are not installed; if this cast is wrong, the first call fails.
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
