import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { rules } from './rules'
import { rulesDocument } from './rules-document'

const file = fileURLToPath(new URL('../../../docs/rules.md', import.meta.url))

test('docs/rules.md matches the rules; `npx tsx scripts/write-rules.ts` writes it', () => {
  expect(readFileSync(file, 'utf8')).toBe(`${rulesDocument()}\n`)
})

test('every rule is in it with each of its sources', () => {
  const written = rulesDocument()
  for (const { id, cites } of rules) {
    expect(written).toContain(`| ${id} |`)
    for (const { url } of cites) {
      expect(url).toMatch(/^https:\/\//)
      expect(written).toContain(`(${url})`)
    }
  }
})
