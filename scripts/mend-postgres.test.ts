import { spawnSync } from 'node:child_process'
import {
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { root } from './children'

const home = mkdtempSync(path.join(tmpdir(), 'oneway-mend-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** `closed` of 3.4.9, from the first line that is mended to the last one, as far as it matters here. */
const released = `    clearImmediate(nextWriteTimer)
    socket.removeListener('data', data)
    if (initial)
      return reconnect()

    !hadError && (query || sent.length) && error(Errors.connection('CONNECTION_CLOSED', options, socket))
    closedTime = performance.now()
`
const mended = `    clearImmediate(nextWriteTimer)
    nextWriteTimer = chunk = null
    socket.removeListener('data', data)
    if (initial && options.host.length > 1)
      return reconnect()

    if (query || initial || sent.length) error(Errors.connection('CONNECTION_CLOSED', options, socket))
    query = results = errorResponse = null
    closedTime = performance.now()
`
const mendedEarlier = mended
  .replace('if (query ||', '!hadError && (query ||')
  .replace(') error', ') && error')

/** Runs the script beside a driver of its own. @returns what it says, and the driver afterwards */
function mend(text: string, version = '3.4.9') {
  const folder = mkdtempSync(path.join(home, 'clone-'))
  const driver = path.join(folder, 'node_modules', 'postgres')
  mkdirSync(path.join(folder, 'scripts'))
  cpSync(path.join(root, 'scripts', 'mend-postgres.mjs'), path.join(folder, 'scripts', 'mend.mjs'))
  const files = ['src', 'cjs/src'].map((kind) => path.join(driver, kind, 'connection.js'))
  for (const file of files) {
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  const shared = path.join(folder, 'shared.js')
  linkSync(files[0] ?? '', shared)
  writeFileSync(path.join(driver, 'package.json'), JSON.stringify({ version }))
  const { stderr } = spawnSync(process.execPath, ['scripts/mend.mjs'], {
    cwd: folder,
    encoding: 'utf8',
  })
  const now = files.map((file) => readFileSync(file, 'utf8'))
  return { stderr, now, shared: readFileSync(shared, 'utf8') }
}

test.each([{ released }, { mendedEarlier }, { mended }])(
  'the driver is mended from each form that it may have, and a file that another folder shares stays (%o)',
  (form) => {
    const [text = ''] = Object.values(form)
    expect(mend(text)).toEqual({ stderr: '', now: [mended, mended], shared: text })
  },
)

test('another version and another text are refused, and stay as they are', () => {
  expect(mend(released, '3.4.10').stderr).toContain('postgres.js is 3.4.10')
  const twice = released + released
  expect(mend(twice)).toMatchObject({
    ...{ stderr: expect.stringContaining('to mend once'), now: [twice, twice] },
  })
})

test('what runs before anything is installed asks no more of Node than to say that it is too old', () => {
  const files = ['start', 'test', 'bootstrap', 'installed', 'lock', 'mend-postgres']
  for (const name of files) {
    const text = readFileSync(path.join(root, 'scripts', `${name}.mjs`), 'utf8')
    expect(text.replaceAll(/^\/\/.*$/gm, ''), name).not.toMatch(/import\.meta\.(dirname|filename)/)
  }
})
