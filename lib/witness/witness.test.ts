import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { witnessedSend as sent, witnessedDatabase } from '@/lib/domain/testing'
import { createWitness } from './witness'

const { lab } = witnessedDatabase
const at = '2026-03-02T09:00:00.000Z'
const identity = witnessedDatabase
const began = { kind: 'began', at, identity, head: { seq: 1, hash: 'h1' } } as const

let root: string
let folder: string
let file: string
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'oneway-witness-'))
  folder = path.join(root, 'data', 'witness')
  file = path.join(folder, `${lab.slice(0, 32)}.log`)
})
afterEach(() => rmSync(root, { recursive: true }))

const uuidsOf = (witness = createWitness(folder)) => [...witness.read(lab).sends.keys()]

test('what is written is there for another process, and for one that starts later', () => {
  const [one, other] = [createWitness(folder), createWitness(folder)]
  one.write(lab, began)
  other.write(lab, sent('first'))
  one.write(lab, sent('second'))
  expect(uuidsOf(one)).toEqual(['first', 'second'])
  expect(uuidsOf(other)).toEqual(['first', 'second'])
  expect(uuidsOf()).toEqual(['first', 'second'])
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('a folder without a witness has not begun, and each lab has a file of its own', () => {
  const witness = createWitness(folder)
  expect(witness.read(lab)).toMatchObject({ began: false, recent: [] })
  witness.write(lab, began)
  expect(witness.read('b'.repeat(64)).began).toBe(false)
  expect(witness.read(lab).began).toBe(true)
})

test.each([2, 20, 300])(
  'a line that was cut %d bytes before its end is no send, and the next one is',
  (bytes) => {
    const witness = createWitness(folder)
    witness.write(lab, began)
    witness.write(lab, sent('first'))
    const whole = readFileSync(file)
    witness.write(lab, sent('cut'))
    const more = readFileSync(file)
    // Never less than nothing of the line that was being written.
    writeFileSync(file, more.subarray(0, Math.max(whole.length, more.length - bytes)))
    const after = createWitness(folder)
    expect(uuidsOf(after)).toEqual(['first'])
    after.write(lab, sent('next'))
    expect(uuidsOf(after)).toEqual(['first', 'next'])
    expect(uuidsOf()).toEqual(['first', 'next'])
  },
)

test('a line without its line break counts as sent, which is the safe side', () => {
  const witness = createWitness(folder)
  witness.write(lab, began)
  witness.write(lab, sent('whole'))
  writeFileSync(file, readFileSync(file).subarray(0, -1))
  createWitness(folder).write(lab, sent('next'))
  expect(uuidsOf()).toEqual(['whole', 'next'])
})

test.each(['in the middle', 'at the end'])('a line that was damaged %s is not skipped', (where) => {
  const witness = createWitness(folder)
  witness.write(lab, began)
  witness.write(lab, sent('damaged'))
  if (where === 'in the middle') witness.write(lab, sent('after'))
  writeFileSync(file, readFileSync(file, 'utf8').replace('damaged', 'damagee'))
  expect(() => createWitness(folder).read(lab)).toThrow(/line 2 of .* is damaged.*docs\/storage.md/)
})

test('a file that became shorter is rejected', () => {
  const witness = createWitness(folder)
  witness.write(lab, began)
  witness.write(lab, sent('first'))
  writeFileSync(file, readFileSync(file).subarray(0, 10))
  expect(() => witness.read(lab)).toThrow('shorter')
})

test('a write that fails throws, and leaves no line', () => {
  writeFileSync(path.join(root, 'data'), 'a file where the folder should be')
  expect(() => createWitness(folder).write(lab, sent('first'))).toThrow()
})

test('the newest head is stored beside the lines, until a lead has accepted another one', () => {
  const witness = createWitness(folder)
  witness.write(lab, began)
  witness.keepHead(lab, { seq: 9, hash: 'h9' })
  expect(createWitness(folder).read(lab).head).toEqual({ seq: 9, hash: 'h9' })
  witness.write(lab, { kind: 'accepted', at, identity, head: { seq: 5, hash: 'x5' }, stopId: 1 })
  expect(createWitness(folder).read(lab).head).toEqual({ seq: 5, hash: 'x5' })
  expect(readdirSync(folder).filter((name) => name.endsWith('.next'))).toEqual([])
})

test('a folder keeps its id', () => {
  const id = createWitness(folder).id()
  expect(id).toMatch(/^[0-9a-f-]{36}$/)
  expect(createWitness(folder).id()).toBe(id)
})

test('garbage appended by another program is found', () => {
  createWitness(folder).write(lab, began)
  appendFileSync(file, 'not a line\n')
  expect(() => createWitness(folder).read(lab)).toThrow('damaged')
})

test('a file that was cut while no process ran is recognised by the length stored beside it', () => {
  const witness = createWitness(folder)
  witness.write(lab, began)
  const before = readFileSync(file).length
  witness.write(lab, sent('left'))
  witness.keepHead(lab, { seq: 9, hash: 'h9' })
  for (const bytes of [before, before + 40]) {
    const whole = readFileSync(file)
    writeFileSync(file, whole.subarray(0, bytes))
    expect(() => createWitness(folder).read(lab), `${bytes} bytes`).toThrow('become shorter')
    writeFileSync(file, whole)
  }
  expect(uuidsOf()).toEqual(['left'])
})

test.each(['deleted', 'emptied'])(
  'after the lines were %s the head beside them remains, and lines may start again',
  (how) => {
    const witness = createWitness(folder)
    witness.write(lab, began)
    witness.keepHead(lab, { seq: 9, hash: 'h9' })
    if (how === 'deleted') rmSync(file)
    else writeFileSync(file, '')
    const after = createWitness(folder)
    expect(after.read(lab)).toMatchObject({ began: false, head: { seq: 9, hash: 'h9' } })
    after.write(lab, began)
    after.keepHead(lab, { seq: 10, hash: 'h10' })
    expect(createWitness(folder).read(lab)).toMatchObject({ began: true, head: { seq: 10 } })
  },
)

test('an unreadable head is reported as damaged, and without a head the lines remain', () => {
  const witness = createWitness(folder)
  witness.write(lab, began)
  witness.keepHead(lab, { seq: 9, hash: 'h9' })
  const head = file.replace('.log', '.head.json')
  for (const text of ['', '{"accepted":0,"he', '{}']) {
    writeFileSync(head, text)
    expect(() => createWitness(folder).read(lab), text).toThrow('.head.json is damaged')
  }
  rmSync(head)
  expect(createWitness(folder).read(lab)).toMatchObject({ began: true, head: { seq: 1 } })
})

test.runIf(process.platform === 'linux')('a full disk accepts no line, and none is left', () => {
  const witness = createWitness(folder)
  witness.write(lab, began)
  symlinkSync('/dev/full', `${file}.full`)
  renameSync(`${file}.full`, file)
  expect(() => createWitness(folder).write(lab, sent('first'))).toThrow()
})
