import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { backedUpFile, backUpFiles, listFileProblems, restoreFiles } from './check-files'
import { type AttachmentFolder, fileOf, openAttachmentFolder } from './folder'

const home = mkdtempSync(path.join(tmpdir(), 'oneway-files-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))
let folder: AttachmentFolder
let backup: string
beforeEach(() => {
  folder = openAttachmentFolder(mkdtempSync(path.join(home, 'data-')))
  backup = mkdtempSync(path.join(home, 'backup-'))
})

function store(text: string) {
  const sha256 = createHash('sha256').update(text).digest('hex')
  const file = fileOf(folder, sha256)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
  return { sha256, bytes: text.length }
}

test('files that are there and unaltered have no problem', async () => {
  const files = [store('a'), store('b')]
  expect(await listFileProblems(folder, files, { quick: false })).toEqual([])
})

test('a missing, a shortened and an altered file are each named; a quick check sees no altered byte', async () => {
  const [gone, short, altered] = [store('one'), store('two'), store('three')]
  rmSync(fileOf(folder, gone.sha256))
  writeFileSync(fileOf(folder, short.sha256), 'tw')
  writeFileSync(fileOf(folder, altered.sha256), 'thrEe')
  const wrong = [
    { ...gone, problem: 'it is missing' },
    { ...short, problem: 'it has 2 bytes, and 3 were recorded' },
  ]
  const files = [gone, short, altered]
  expect(await listFileProblems(folder, files, { quick: true })).toEqual(wrong)
  const all = await listFileProblems(folder, files, { quick: false })
  expect(all.slice(0, 2)).toEqual(wrong)
  expect(all[2]).toMatchObject({ sha256: altered.sha256, problem: expect.stringMatching(/is now/) })
})

test('a backup has each file under its hash, and a restore puts it back', async () => {
  const files = [store('one'), store('two')]
  expect(await backUpFiles(folder, backup, files)).toEqual({ copied: 2, problems: [] })
  for (const { sha256 } of files) rmSync(fileOf(folder, sha256))
  expect(await restoreFiles(folder, backup, files)).toEqual({ copied: 2, problems: [] })
  expect(await listFileProblems(folder, files, { quick: false })).toEqual([])
})

test('a file that was altered goes into no backup and out of none, and is named', async () => {
  const [good, bad] = [store('one'), store('two')]
  writeFileSync(fileOf(folder, bad.sha256), 'tWo')
  const { copied, problems } = await backUpFiles(folder, backup, [good, bad])
  expect([copied, problems.map(({ sha256 }) => sha256)]).toEqual([1, [bad.sha256]])
  writeFileSync(backedUpFile(backup, good.sha256), 'oNe')
  rmSync(fileOf(folder, good.sha256))
  const restored = await restoreFiles(folder, backup, [good, bad])
  expect(restored).toMatchObject({ copied: 0, problems: [{ sha256: good.sha256 }] })
  expect(() => readFileSync(fileOf(folder, good.sha256))).toThrow('ENOENT')
})
