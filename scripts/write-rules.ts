import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rulesDocument } from '../lib/domain/rules/rules-document'

/** Generates docs/rules.md; run it after changing a rule, a limit or a default. */
const file = fileURLToPath(new URL('../docs/rules.md', import.meta.url))
writeFileSync(file, `${rulesDocument()}\n`)
console.log(`Wrote ${file}`)
