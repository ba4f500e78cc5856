// `npm test`. Plain JavaScript without dependencies: it runs on the machine's Node and installs the rest.
import { spawn } from 'node:child_process'
import { environmentFor, loadDotEnv, npmCommand, prepare, root } from './bootstrap.mjs'

// Stages of a group run at once: lint is one thread for most of its time.
const groups = [
  [
    { name: 'Format and lint', script: ['lint'] },
    { name: 'Types', script: ['typecheck'] },
  ],
  [{ name: 'Unit and service tests', script: ['test:unit'] }],
  [{ name: 'Build', script: ['build', '--', '--if-changed'] }],
  // Whole trials. The browser tests of the other pages are a wider suite, which takes as long again.
  [{ name: 'Browser tests of trials', script: ['test:e2e', '--', '--project', 'stalled'] }],
]

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`

/** Runs a stage; its output is shown as it comes, or given back whole. */
const run = ({ script }, env, shown) =>
  new Promise((resolve) => {
    const { command, args, shell } = npmCommand(['run', '--silent', ...script])
    const output = []
    const stdio = shown ? 'inherit' : ['inherit', 'pipe', 'pipe']
    const child = spawn(command, args, { cwd: root, env, shell, stdio })
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (bytes) => output.push(bytes))
    const end = (code) => resolve({ code, output: Buffer.concat(output).toString() })
    child.on('error', (error) => end(error.message))
    child.on('close', (code, signal) => end(signal ?? code))
  })

const runStage = async (stage, env, shown) => {
  const headline = `\n── ${stage.name} (npm run ${stage.script.join(' ')}) ──\n`
  if (shown) console.log(headline)
  const begun = Date.now()
  const { code, output } = await run(stage, env, shown)
  const failed = code !== 0
  const outcome = `${failed ? `FAILED (${code})` : 'passed'} in ${seconds(Date.now() - begun)}`
  if (!shown) console.log(`${headline}\n${output}`)
  console.log(`\n── ${stage.name}: ${outcome} ──`)
  return { stage, failed, outcome }
}

const runAll = async (env) => {
  const results = []
  for (const group of groups) {
    if (results.some(({ failed }) => failed))
      results.push(...group.map((stage) => ({ stage, outcome: 'not run' })))
    else
      results.push(
        ...(await Promise.all(group.map((stage) => runStage(stage, env, group.length === 1)))),
      )
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
