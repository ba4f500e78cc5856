import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { hintScripts } from './next-build'

const folder = mkdtempSync(path.join(tmpdir(), 'oneway-scripts-'))
afterEach(() => rmSync(folder, { recursive: true }))

test('each script begins with the hint once, and nothing else of it changes', () => {
  writeFileSync(path.join(folder, 'a.js'), 'run("é")')
  writeFileSync(path.join(folder, 'a.css'), 'b{}')
  hintScripts(folder)
  hintScripts(folder)
  const textOf = (name: string) => readFileSync(path.join(folder, name), 'utf8')
  expect(textOf('a.js')).toBe('//# allFunctionsCalledOnLoad\nrun("é")')
  expect(textOf('a.css')).toBe('b{}')
})
