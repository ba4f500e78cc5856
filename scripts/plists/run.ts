import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../children'
import { hostileCases } from './hostile'
import type { HostileCase } from './hostile-case'
import { compare, faultOf, missedVerdict, readWatched, type Watched } from './judge'
import { mutant } from './mutate'
import { type Oracle, type OracleAnswer, startOracle } from './oracle'
import { listPayloads } from './payloads'

type Plist = { name: string; bytes: Uint8Array; verdict?: HostileCase['verdict'] }

type Tally = {
  read: number
  unreadable: number
  slowest: { ms: number; name: string }
  over100ms: number
  /** Reasons for refusing what plistlib reads, with counts. */
  stricter: Map<string, number>
  failures: number
}

const batchSize = 500
const saved = path.join(root, '.oneway-plists')

/** Reads the hand-made plists and `n` mutations; true if no difference was found. */
export async function runPlists(n: number, seed: number): Promise<boolean> {
  const oracle = startOracle()
  console.log(
    oracle
      ? `Compared with plistlib of ${oracle.version}.`
      : 'Not compared, because there is no python3. Still checked: exceptions, console output and the time.',
  )
  const tally: Tally = {
    read: 0,
    unreadable: 0,
    slowest: { ms: 0, name: 'none' },
    over100ms: 0,
    stricter: new Map(),
    failures: 0,
  }
  await judgeAll(hostileCases, oracle, tally)
  console.log(
    `${hostileCases.length} hand-made plists: ${tally.read} read, ${tally.unreadable} unreadable.`,
  )
  const payloads = listPayloads()
  for (let from = 0; from < n; from += batchSize) {
    const batch = Array.from({ length: Math.min(batchSize, n - from) }, (_, i) => ({
      name: `seed ${seed}, index ${from + i}`,
      bytes: mutant(payloads, seed, from + i),
    }))
    await judgeAll(batch, oracle, tally)
  }
  oracle?.close()
  report(tally, n, seed, oracle !== undefined)
  return tally.failures === 0
}

async function judgeAll(plists: Plist[], oracle: Oracle | undefined, tally: Tally): Promise<void> {
  const answers = await oracle?.ask(plists.map(({ bytes }) => bytes))
  for (const [i, plist] of plists.entries()) {
    const watched = readWatched(plist.bytes)
    count(tally, plist, watched)
    const fault =
      faultOf(watched) ??
      (plist.verdict && missedVerdict(watched, plist.verdict)) ??
      differenceWith(answers?.[i], watched, tally)
    if (fault !== undefined) fail(tally, plist, fault)
  }
}

const count = (tally: Tally, { name }: Plist, { reading, ms }: Watched): void => {
  if ('ok' in reading && reading.ok) tally.read += 1
  else tally.unreadable += 1
  if (ms > 100) tally.over100ms += 1
  if (ms > tally.slowest.ms) tally.slowest = { ms, name }
}

const differenceWith = (
  theirs: OracleAnswer | undefined,
  { reading }: Watched,
  tally: Tally,
): string | undefined => {
  if (theirs === undefined || 'threw' in reading) return undefined
  const verdict = compare(reading, theirs)
  if (verdict === 'stricter' && !reading.ok) {
    // Counted by rule: positions and keys differ each time.
    const reason = reading.reason.replace(/"[^"[^"]*"|\bat (?:character )?\S+$/g, '…')
    tally.stricter.set(reason, (tally.stricter.get(reason) ?? 0) + 1)
  }
  return typeof verdict === 'object' ? verdict.differs : undefined
}

const fail = (tally: Tally, { name, bytes }: Plist, fault: string): void => {
  tally.failures += 1
  const file = path.join(saved, `${name.replace(/[^a-zA-Z0-9]+/g, '-')}.plist`)
  mkdirSync(saved, { recursive: true })
  writeFileSync(file, bytes)
  console.log(`\nDIFFERENCE: ${name}: ${fault}\n  stored in ${file}`)
  console.log(`  ${Buffer.from(bytes).toString('base64').slice(0, 12_000)}`)
}

const report = (tally: Tally, n: number, seed: number, compared: boolean): void => {
  const stricter = [...tally.stricter].sort(([, a], [, b]) => b - a)
  const refusals = stricter.reduce((sum, [, times]) => sum + times, 0)
  if (compared) console.log(`Unreadable for us, but read by plistlib: ${refusals}. Reasons:`)
  for (const [reason, times] of stricter.slice(0, 25))
    console.log(`  ${String(times).padStart(6)}  ${reason}`)
  console.log(`seed        ${seed}, with ${n} mutations`)
  console.log(`read        ${tally.read}`)
  console.log(`unreadable  ${tally.unreadable}`)
  console.log(
    `differing   ${compared ? tally.failures : `${tally.failures} (not compared with plistlib)`}`,
  )
  const { ms, name } = tally.slowest
  console.log(`slowest     ${ms.toFixed(1)} ms (${name}); over 100 ms: ${tally.over100ms}`)
}
