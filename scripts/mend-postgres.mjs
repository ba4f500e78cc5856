// Mends the connections of postgres.js in `node_modules`: no release has these changes. `npm install` runs it, and
// `npm start` again, for packages that were installed before it. lib/db/driver/mended.test.ts fails without them.
// docs/decisions/086-a-mended-driver.md tells what each of them prevents.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const folder = path.join(import.meta.dirname, '..', 'node_modules', 'postgres')
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
  if (mended !== text) writeFileSync(file, mended)
}

/** @throws Error naming the file that is another than expected */
export function mendPostgres() {
  // `npm start` reports missing packages in its own words.
  if (!existsSync(folder)) return
  const found = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')).version
  if (found !== version)
    throw new Error(`postgres.js is ${found}; these changes are for ${version}`)
  for (const kind of ['src', path.join('cjs', 'src')])
    mend(path.join(folder, kind, 'connection.js'))
}

if (process.argv[1] === import.meta.filename) mendPostgres()
