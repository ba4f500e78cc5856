// `npm run test:random -- [--seed N] [--runs N]`: runs the property tests with a random seed; `npm test` uses a
// fixed one. Prints the seed to repeat a failure, and exits with 1.
import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './children'

const { values } = parseArgs({
  options: { seed: { type: 'string' }, runs: { type: 'string', default: '1' } },
})
const runs = Number(values.runs)
const given = values.seed === undefined ? undefined : Number(values.seed)
if (!Number.isInteger(runs) || runs < 1 || (given !== undefined && !Number.isInteger(given))) {
  console.error('usage: npm run test:random -- [--seed N] [--runs N], both whole numbers')
  process.exit(2)
}

const files = globSync('{app,components,e2e,lib,scripts}/**/*.test.ts', { cwd: root }).filter(
  (file) => readFileSync(path.join(root, file), 'utf8').includes("'@/lib/property.testing'"),
)

for (let run = 0; run < runs; run += 1) {
  const seed = given ?? randomInt(2 ** 31)
  console.log(`· ${files.length} files of property tests, --seed ${seed}`)
  const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const { status } = spawnSync(process.execPath, [vitest, 'run', ...files], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ONEWAY_TEST_SEED: String(seed) },
  })
  if (status === 0) continue
  console.error(`\nFailed. To repeat: npm run test:random -- --seed ${seed}`)
  process.exit(1)
}
