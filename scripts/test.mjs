// `npm test`. Plain JavaScript without dependencies: it runs on the machine's Node and installs the rest.
import { spawn } from 'node:child_process'
import { environmentFor, loadDotEnv, npmCommand, prepare, root } from './bootstrap.mjs'

const stages = [
  { name: 'Format and lint', script: ['lint'] },
  { name: 'Types', script: ['typecheck'] },
  { name: 'Unit and service tests', script: ['test:unit'] },
  { name: 'Build', script: ['build', '--', '--if-changed'] },
  // Whole trials. The browser tests of the other pages are a wider suite, which takes as long again.
  { name: 'Browser tests of trials', script: ['test:e2e', '--', '--project', 'unconfirmed'] },
]

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`

const run = ({ script }, env) =>
  new Promise((resolve) => {
    const { command, args, shell } = npmCommand(['run', '--silent', ...script])
    const child = spawn(command, args, { cwd: root, env, shell, stdio: 'inherit' })
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code, signal) => resolve(signal ?? code))
  })

const runAll = async (env) => {
  const results = []
  for (const stage of stages) {
    if (results.some(({ failed }) => failed)) {
      results.push({ stage, outcome: 'not run' })
      continue
    }
    console.log(`\n── ${stage.name} (npm run ${stage.script.join(' ')}) ──\n`)
    const begun = Date.now()
    const code = await run(stage, env)
    const failed = code !== 0
    const outcome = `${failed ? `FAILED (${code})` : 'passed'} in ${seconds(Date.now() - begun)}`
    console.log(`\n── ${stage.name}: ${outcome} ──`)
    results.push({ stage, failed, outcome })
  }
  return results
}

// The terminal sends Ctrl-C to the stage too; this ends after the stage.
process.on('SIGINT', () => undefined)
loadDotEnv()
const begun = Date.now()
const node = await prepare({ withDev: true })
console.log(`· Packages are installed; running on ${node}`)
const results = await runAll(environmentFor(node))
const failed = results.filter((result) => result.failed)
console.log(`\n── Summary, ${seconds(Date.now() - begun)} ──\n`)
for (const { stage, outcome } of results) console.log(`  ${stage.name.padEnd(26)}${outcome}`)
if (failed[0]) {
  console.log(
    `\nStopped at "${failed[0].stage.name}". To run only this stage: npm run ${failed[0].stage.script.join(' ')}`,
  )
}
console.log(
  `\n${results.filter((it) => it.failed === false).length} passed, ${failed.length} failed`,
)
process.exitCode = failed.length > 0 ? 1 : 0
