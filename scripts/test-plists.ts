// `npm run test:plists -- [--n 20000] [--seed 1]`: hostile plists made by hand, then N mutations of
// captured payloads, each read by our reader and by Python's plistlib. Where there is no python3 it says
// so, and still looks for exceptions, noise and slowness. Exits with 1 when a difference was found.
import { parseArgs } from 'node:util'
import { runPlists } from './plists/run'

// `npm run` takes its own `--` away; `npx tsx` leaves it.
const args = process.argv.slice(2).filter((arg) => arg !== '--')
const { values } = parseArgs({ args, options: { n: { type: 'string' }, seed: { type: 'string' } } })
const [n, seed] = [Number(values.n ?? '20000'), Number(values.seed ?? '1')]
if (!Number.isSafeInteger(n) || n < 1 || !Number.isSafeInteger(seed) || seed < 0) {
  console.error('usage: npm run test:plists -- [--n N] [--seed S], whole numbers')
  process.exit(2)
}
process.exitCode = (await runPlists(n, seed)) ? 0 : 1
