import { hash } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import {
  type FrozenReport,
  findFrozenReport,
  listFrozenReports,
  listFrozenWith,
} from '@/lib/db/queries/frozen-reports'
import type { Actor } from '@/lib/domain/account/permissions'
import { compareEntries, manifestName } from '@/lib/domain/report/frozen-report'
import { uuidForm } from '@/lib/domain/text/typed-text'
import { forbidden, type Refusal } from '../../shared/result'
import { unpackZip, type ZipFile } from './zip'

/** A frozen report as an answer names it. */
type Named = { id: string; name: string; title: string; frozenAt: string; frozenBy: string }

export type Verified =
  /** It is the whole file of a frozen report, byte for byte. */
  | { status: 'whole'; sha256: string; of: Named }
  /** It is one file of one or several frozen reports, byte for byte. */
  | { status: 'part'; sha256: string; name: string; of: Named[] }
  /** It is a ZIP that names a frozen report, whose files are not all as they were frozen. */
  | {
      status: 'altered'
      sha256: string
      of: Named
      altered: string[]
      missing: string[]
      added: string[]
    }
  /** A ZIP with every file as it was frozen, packed again. */
  | { status: 'repacked'; sha256: string; of: Named }
  /** Another content under the name of a file that was frozen. */
  | { status: 'differs'; sha256: string; name: string; of: Named[] }
  | { status: 'unknown'; sha256: string; reason: string }
  | Refusal

const namedOf = ({ id, number, title, frozenAt, frozenByName }: FrozenReport): Named => ({
  ...{ id, name: `F-${number}`, title },
  ...{ frozenAt: frozenAt.toISOString(), frozenBy: frozenByName },
})

/** Says what a file is: a frozen report, a part of one, or an altered one and what was altered. Nothing is stored. */
export async function verifyFile(
  db: Db,
  actor: Actor,
  { bytes, name }: { bytes: Uint8Array; name: string },
): Promise<Verified> {
  const no = forbidden(actor, 'look')
  if (no) return no
  const sha256 = hash('sha256', bytes)
  const found = await listFrozenWith(db, sha256)
  const whole = found.find(({ fileSha256 }) => fileSha256 === sha256)
  if (whole) return { status: 'whole', sha256, of: namedOf(whole) }
  const [first] = found
  if (first) {
    const entry = first.manifest.files.find((one) => one.sha256 === sha256)
    const part = entry?.name ?? manifestName
    return { status: 'part', sha256, name: part, of: found.map(namedOf) }
  }
  return isZip(bytes) ? verifyZip(db, bytes, sha256) : verifyByName(db, name, sha256)
}

const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b

async function verifyZip(db: Db, bytes: Uint8Array, sha256: string): Promise<Verified> {
  const unknown = (reason: string): Verified => ({ status: 'unknown', sha256, reason })
  const manifest = unpackZip(bytes, manifestName)
  if (manifest.status === 'notAZip')
    return unknown(`The ZIP cannot be unpacked: ${manifest.reason}. It is damaged or cut off.`)
  const report = await findNamed(db, manifest.files[0])
  if (!report) return unknown('This ZIP names no report that was frozen in this lab.')
  const all = unpackZip(bytes)
  if (all.status === 'notAZip')
    return unknown(
      `It names F-${report.number}, and cannot be unpacked: ${all.reason}. It is damaged or cut off.`,
    )
  const found = all.files.map((one) => ({ name: one.name, sha256: hash('sha256', one.bytes) }))
  const frozen = [
    ...report.manifest.files,
    { name: manifestName, bytes: 0, sha256: report.manifestSha256 },
  ]
  const differences = compareEntries(frozen, found)
  const same = Object.values(differences).every((names) => names.length === 0)
  return same
    ? { status: 'repacked', sha256, of: namedOf(report) }
    : { status: 'altered', sha256, of: namedOf(report), ...differences }
}

/** The report that the manifest of a ZIP names. Only its ID is believed. */
async function findNamed(db: Db, file: ZipFile | undefined): Promise<FrozenReport | undefined> {
  const id = file && /"id":\s*"([0-9a-f-]{36})"/.exec(new TextDecoder().decode(file.bytes))?.[1]
  return id !== undefined && uuidForm.test(id) ? findFrozenReport(db, id) : undefined
}

/** A single file of which nothing but its name is known. */
async function verifyByName(db: Db, name: string, sha256: string): Promise<Verified> {
  const reports = await listFrozenReports(db, 1000)
  const isSo = (entry: string) => entry === name || entry.endsWith(`/${name}`)
  const having = reports.filter(
    ({ manifest }) => name === manifestName || manifest.files.some((one) => isSo(one.name)),
  )
  return having.length > 0
    ? { status: 'differs', sha256, name, of: having.map(namedOf) }
    : { status: 'unknown', sha256, reason: 'No frozen report of this lab has this file.' }
}
