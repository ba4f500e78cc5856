import { randomUUID } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import type { z } from 'zod'
import {
  emptyWitness,
  newerHead,
  type TrailHead,
  type WitnessEntry,
  type WitnessState,
} from '@/lib/domain/server/witness'
import { keptHeadSchema, lineOf, type Read, readLines } from './lines'

/** What a sending process remembers of what it sent, independently of the database. */
export type Witness = {
  /** The id of this folder: each sending stop belongs to one witness. */
  id(): string
  /**
   * Everything recorded about a lab so far, by this process or another one with the same folder.
   * @throws Error if it cannot be read or is damaged; the message says what to do
   */
  read(lab: string): WitnessState
  /**
   * Returns once the line is on the disk.
   * @throws Error if it is not: then nothing may be sent
   */
  write(lab: string, entry: WitnessEntry): void
  /** Stores the newest head of the audit trail, so that a database without it is recognised. */
  keepHead(lab: string, head: TrailHead): void
}

type Kept = Read & { bytes: number; head: TrailHead | undefined }

const nothing: Kept = {
  state: emptyWitness,
  doubtful: false,
  damagedLine: undefined,
  lines: 0,
  bytes: 0,
  head: undefined,
}

/**
 * A witness in a folder: for each lab an append-only file of lines, and beside it the newest head of the audit trail.
 * All calls are synchronous, so that two sends of this process cannot mix their lines. A line of a few hundred bytes
 * is appended in one write, so that the lines of two processes do not mix either.
 * @param folder created if it is absent, with mode 0700
 */
export function createWitness(folder: string, clock: () => Date = () => new Date()): Witness {
  const known = new Map<string, Kept>()
  const fileOf = (lab: string) => path.join(folder, `${lab.slice(0, 32)}.log`)
  const headFileOf = (lab: string) => path.join(folder, `${lab.slice(0, 32)}.head.json`)

  const readOn = (lab: string): Kept => {
    const before = known.get(lab) ?? nothing
    const file = fileOf(lab)
    if (!existsSync(file)) {
      known.delete(lab)
      return nothing
    }
    const { text, bytes } = wholeLinesFrom(file, before.bytes)
    const kept = { ...before, ...readLines(before, text), bytes: before.bytes + bytes }
    known.set(lab, kept)
    return kept
  }

  const read = (lab: string): WitnessState => {
    const kept = readOn(lab)
    const damaged = kept.damagedLine ?? (kept.doubtful ? kept.lines : undefined)
    if (damaged !== undefined)
      throw new Error(
        `line ${damaged} of ${fileOf(lab)} is damaged: the record of what was sent is incomplete. Check the disk, and see docs/storage.md`,
      )
    const beside = readKeptHead(headFileOf(lab))
    // The lines were removed. The head beside them still says what the database must contain.
    if (kept.lines === 0) return { ...kept.state, head: beside?.head }
    if (beside?.bytes !== undefined && kept.bytes < beside.bytes)
      throw new Error(shorter(fileOf(lab)))
    // A head from before the last accepted stop says nothing about the database that was accepted then.
    return beside?.accepted === kept.state.acceptedStops.length && kept.state.head
      ? { ...kept.state, head: newerHead(kept.state.head, beside.head) }
      : kept.state
  }

  return {
    id: () => folderId(folder),
    read,
    write(lab, entry) {
      makeFolder(folder)
      if (readOn(lab).lines === 0) forgetLength(headFileOf(lab))
      appendLine(fileOf(lab), lineOf(entry), () =>
        lineOf({ kind: 'torn', at: clock().toISOString() }),
      )
      readOn(lab)
    },
    keepHead(lab, head) {
      makeFolder(folder)
      const { state, bytes } = readOn(lab)
      const accepted = state.acceptedStops.length
      replaceFile(headFileOf(lab), JSON.stringify({ accepted, head, bytes }))
    },
  }
}

/** The text from `offset` to the last line break; a line that another process is still writing is read next time. */
function wholeLinesFrom(file: string, offset: number): { text: string; bytes: number } {
  const fd = openSync(file, 'r')
  try {
    const { size } = fstatSync(fd)
    if (size < offset) throw new Error(shorter(file))
    const buffer = Buffer.alloc(size - offset)
    readSync(fd, buffer, 0, buffer.length, offset)
    const bytes = buffer.lastIndexOf(10) + 1
    return { text: buffer.toString('utf8', 0, bytes), bytes }
  } finally {
    closeSync(fd)
  }
}

function appendLine(file: string, line: string, torn: () => string): void {
  const isNew = !existsSync(file)
  const fd = openSync(file, 'a+', 0o600)
  try {
    const { size } = fstatSync(fd)
    const last = Buffer.alloc(1)
    if (size > 0) readSync(fd, last, 0, 1, size - 1)
    // A crash or a full disk cut the last line: it gets a line end, and a `torn` line after it marks it.
    const text = Buffer.from(size > 0 && last[0] !== 10 ? `\n${torn()}${line}` : line)
    try {
      if (writeSync(fd, text) !== text.length)
        throw new Error(`${file} accepted only a part of the line`)
      fsyncSync(fd)
    } catch (error) {
      ftruncateSync(fd, size)
      throw error
    }
  } finally {
    closeSync(fd)
  }
  if (isNew) syncFolder(path.dirname(file))
}

function replaceFile(file: string, text: string): void {
  const next = `${file}.${process.pid}.next`
  const fd = openSync(next, 'w', 0o600)
  try {
    writeSync(fd, text)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  renameSync(next, file)
  syncFolder(path.dirname(file))
}

const shorter = (file: string) =>
  `${file} has become shorter: it is no longer what was written. See docs/storage.md`

function readKeptHead(file: string): z.infer<typeof keptHeadSchema> | undefined {
  if (!existsSync(file)) return undefined
  const text = readFileSync(file, 'utf8')
  try {
    return keptHeadSchema.parse(JSON.parse(text))
  } catch {
    throw new Error(`${file} is damaged. See docs/storage.md`)
  }
}

/** Allows the lines to start again after they were removed and the check of the database has dealt with that. */
function forgetLength(file: string): void {
  const kept = readKeptHead(file)
  if (kept?.bytes) replaceFile(file, JSON.stringify({ ...kept, bytes: 0 }))
}

function folderId(folder: string): string {
  const file = path.join(folder, 'id')
  if (!existsSync(file)) {
    makeFolder(folder)
    replaceFile(file, randomUUID())
  }
  return readFileSync(file, 'utf8').trim()
}

function makeFolder(folder: string): void {
  if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined)
    syncFolder(path.dirname(folder))
}

/** Flushes a folder, so that a new file name survives a power failure; Windows has no such call and needs none. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
