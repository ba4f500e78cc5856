// Mends the connections of postgres.js in `node_modules`: no release has these changes. `npm install` runs it, and
// `npm start` again, for packages that were installed before it. lib/db/driver/mended.test.ts fails without them.
// docs/decisions/086-a-mended-driver.md tells what each of them prevents.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

// Not `import.meta.filename`: Node 20 has it only from 20.11 on, and an older Node has to be told that it is too old.
const self = fileURLToPath(import.meta.url)
const folder = path.resolve(path.dirname(self), '..', 'node_modules', 'postgres')
const version = '3.4.9'

// Each text of `closed`, the handler of a connection that is gone, as it was released or mended before, and what stands
// in its place.
const changes = [
  {
    // What was scheduled for the connection that is gone is no part of the next one.
    before: ['    clearImmediate(nextWriteTimer)\n    socket.removeListener('],
    now: '    clearImmediate(nextWriteTimer)\n    nextWriteTimer = chunk = null\n    socket.removeListener(',
  },
  {
    // A query is told when the only host hangs up before it is ready, in place of asking it again without a pause.
    before: ['    if (initial)\n      return reconnect()\n'],
    now: '    if (initial && options.host.length > 1)\n      return reconnect()\n',
  },
  {
    // Every query is told, also one given after an error of the connection and before its end.
    before: [
      '    !hadError && (query || sent.length) && error(',
      '    !hadError && (query || initial || sent.length) && error(',
    ],
    now: '    if (query || initial || sent.length) error(',
  },
  {
    // No query of the connection that is gone is waited for on the next one.
    before: ["CONNECTION_CLOSED', options, socket))\n    closedTime = "],
    now: "CONNECTION_CLOSED', options, socket))\n    query = results = errorResponse = null\n    closedTime = ",
  },
]

function mend(file) {
  const text = readFileSync(file, 'utf8')
  const mended = changes.reduce((soFar, { before, now }) => {
    if (soFar.includes(now)) return soFar
    const [old, ...others] = before.filter((one) => soFar.includes(one))
    if (old === undefined || others.length > 0 || soFar.split(old).length !== 2)
      throw new Error(`${file} does not hold the text to mend once`)
    return soFar.replace(old, now)
  }, text)
  if (mended !== text) replace(file, mended)
}

/** In one step: another process may be loading the file, and another folder may share it. */
function replace(file, text) {
  const part = `${file}.${process.pid}`
  try {
    writeFileSync(part, text)
    renameSync(part, file)
  } catch (error) {
    rmSync(part, { force: true })
    const whoever = 'run npm install as a user who may write there'
    throw new Error(`${file} cannot be mended (${error.code}): ${whoever}`, { cause: error })
  }
}

/** @throws Error naming the file that is another than expected, or cannot be written */
export function mendPostgres() {
  // `npm start` reports missing packages in its own words.
  if (!existsSync(folder)) return
  const found = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')).version
  if (found !== version)
    throw new Error(`postgres.js is ${found}; these changes are for ${version}`)
  for (const kind of ['src', path.join('cjs', 'src')])
    mend(path.join(folder, kind, 'connection.js'))
}

if (process.argv[1] === self) mendPostgres()
