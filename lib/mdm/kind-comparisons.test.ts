import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseSync } from 'vite'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { serverKinds } from './server-kinds'

const kinds: readonly string[] = serverKinds

/** Where a kind's name is something else than a kind, and what it is there. */
const otherMeanings: Record<string, string> = {
  'lib/domain/account/weak-key.ts': 'words that somebody would guess as a key',
  'scripts/micromdm.ts': 'the name of a program file',
  'scripts/test-nanomdm.ts': 'the name of a program file',
}

type Node = { type: string } & Record<string, unknown>

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'

/** The text of a string, or of a piece of a template. */
function textOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value
  if (node.type !== 'TemplateElement') return undefined
  return z.object({ cooked: z.string() }).safeParse(node.value).data?.cooked
}

function namesKind(node: unknown): boolean {
  const whole = isNode(node) && node.type === 'TemplateLiteral' && node.quasis
  const text = textOf(Array.isArray(whole) && whole.length === 1 ? whole[0] : node)
  return text !== undefined && kinds.includes(text.toLowerCase())
}

const inSql = new RegExp(
  String.raw`(?<!\bset\s+)\b\w*kind"?\s*(?:=|<>|!=|(?:not\s+)?in\s*\(|is\s+(?:not\s+)?distinct\s+from|like|when)[^;]{0,80}?'(?:${kinds.join('|')})'`,
  'i',
)

const equality = ['==', '===', '!=', '!==']

/** How a node of the syntax tree compares something with the name of a kind; `strict` finds every other use too. */
function found(node: Node, strict: boolean): string | undefined {
  const { type, operator } = node
  if (type === 'BinaryExpression' && equality.includes(String(operator)))
    return [node.left, node.right].some(namesKind) ? `a ${operator}` : undefined
  if (type === 'SwitchCase' && namesKind(node.test)) return 'a case of a switch'
  if (inSql.test(textOf(node) ?? '')) return 'a comparison in SQL'
  if (!strict) return undefined
  if (namesKind(node)) return 'the name of a kind, which a list, a map or a set may hold'
  const key = type === 'Property' && isNode(node.key) && node.key.name
  return typeof key === 'string' && kinds.includes(key) ? 'a key of a map' : undefined
}

function walk(node: unknown, see: (node: Node) => void): void {
  if (typeof node !== 'object' || node === null) return
  if (isNode(node)) see(node)
  for (const part of Object.values(node)) walk(part, see)
}

function comparisonsIn(file: string, text: string, strict: boolean): string[] {
  if (file.endsWith('.sql'))
    return kinds.filter((kind) => text.includes(`'${kind}'`)).map((kind) => `${file}: ${kind}`)
  // Most files name no kind at all.
  if (!kinds.some((kind) => text.toLowerCase().includes(kind))) return []
  const { program, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`)
  const strays: string[] = []
  walk(program, (node) => {
    const what = found(node, strict)
    if (what !== undefined) strays.push(`${file}: ${what}`)
  })
  return strays
}

const isOfTests = (file: string) => /\btest(?:ing)?\.|\/testing\/|^(?:e2e|bench)\//.test(file)

const files = ['app', 'components', 'lib', 'scripts', 'bench', 'e2e'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => path.join(folder, file))
    .filter((file) => /\.(?:tsx?|mjs|sql)$/.test(file) && !file.startsWith('lib/mdm/')),
)

test('nothing outside of lib/mdm compares a server with the name of a kind', () => {
  expect(files.length).toBeGreaterThan(1000)
  const strays = files
    .filter((file) => !(file in otherMeanings))
    .flatMap((file) => comparisonsIn(file, readFileSync(file, 'utf8'), !isOfTests(file)))
  expect(strays).toEqual([])
})

test.each([
  `const a = kind === 'micromdm'`,
  `const a = 'nanomdm' !== kind`,
  'const a = kind == `micromdm`',
  `const a = <T,>(x: T) => (x as string) !== 'nanomdm' && 1`,
  `switch (kind) { case 'micromdm': break }`,
  `const words = { micromdm: 'a', nanomdm: 'b' }`,
  `const words = { 'micromdm': 'a' }`,
  `new Set(['micromdm']).has(kind)`,
  `kind.startsWith('nanomdm')`,
  `const x = sql\`\${t.kind} = 'nanomdm' and kind in ('micromdm')\``,
  `const x = "where s.server_kind <> 'nanomdm'"`,
])('such a comparison is found: %s', (text) => {
  expect(comparisonsIn('planted.ts', text, true)).not.toEqual([])
})

test('it is found in JSX, in SQL files and in a test', () => {
  const jsx = `const a = () => <p>{kind === 'micromdm' && <b>yes</b>}</p>`
  expect(comparisonsIn('planted.tsx', jsx, false)).toEqual(['planted.tsx: a ==='])
  expect(comparisonsIn('planted.sql', "where kind = 'nanomdm'", false)).toHaveLength(1)
  const update = "sql`update mdm_servers set kind = 'micromdm' where kind = 'nanomdm'`"
  expect(comparisonsIn('planted.ts', update, false)).toEqual(['planted.ts: a comparison in SQL'])
  expect(comparisonsIn('planted.ts', "insert({ kind: 'micromdm' })", false)).toEqual([])
})
