// `npm run test:plists -- [--n 20000] [--seed 1]`: reads hand-made hostile plists and N mutations of captured
// payloads with our reader and with Python's plistlib, and compares the results. Without python3 it still checks for
// exceptions, console output and slowness. Exits with 1 on a difference.
import { parseArgs } from 'node:util'
import { runPlists } from './plists/run'

// `npm run` removes the `--`; `npx tsx` does not.
const args = process.argv.slice(2).filter((arg) => arg !== '--')
const { values } = parseArgs({ args, options: { n: { type: 'string' }, seed: { type: 'string' } } })
const [n, seed] = [Number(values.n ?? '20000'), Number(values.seed ?? '1')]
if (!Number.isSafeInteger(n) || n < 1 || !Number.isSafeInteger(seed) || seed < 0) {
  console.error('usage: npm run test:plists -- [--n N] [--seed S], whole numbers')
  process.exit(2)
}
process.exitCode = (await runPlists(n, seed)) ? 0 : 1
