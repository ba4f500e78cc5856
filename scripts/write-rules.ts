import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rulesDocument } from '../lib/domain/rules/rules-document'

/** Writes docs/rules.md anew; run it after changing a rule, a bound or a default. */
const file = fileURLToPath(new URL('../docs/rules.md', import.meta.url))
writeFileSync(file, `${rulesDocument()}\n`)
console.log(`wrote ${file}`)
