import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { minFreeBytes, readDiskSpace, spaceProblem } from './database-health'

test('F30: the space of the disk under a folder is read in bytes', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'oneway-space-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  expect(await readDiskSpace(folder)).toEqual({
    known: true,
    folder,
    freeBytes: expect.any(Number),
  })
})

test('F30: the space of a database elsewhere is unknown, says so, and locks nothing', async () => {
  const space = await readDiskSpace(undefined)
  expect(space).toMatchObject({ known: false, reason: expect.stringContaining('not the bundled') })
  expect(spaceProblem(space)).toBeUndefined()
})

test('a folder that is not there has no space that is known', async () => {
  expect(await readDiskSpace('/no/such/folder')).toEqual({
    known: false,
    reason: '/no/such/folder does not exist',
  })
})

test.each([
  [minFreeBytes - 1, /has 499 MiB left, and below 500 MiB/],
  [0, /has 0 MiB left/],
])('F30: with %i bytes left sending is locked, with the place to free some', (freeBytes, words) => {
  const problem = spaceProblem({ known: true, folder: '/data', freeBytes })
  expect(problem).toMatch(words)
  expect(problem).toContain('/data')
})

test('F30: 500 MiB are enough', () => {
  expect(spaceProblem({ known: true, folder: '/data', freeBytes: minFreeBytes })).toBeUndefined()
})
