import { releaseThroughServer } from '@/lib/core/release/release-slot'
import { withdrawDeclaration } from '@/lib/core/release/withdraw-declaration'
import type { MdmServers } from '@/lib/core/shared/mdm-servers'
import { armedDeclaration } from '@/lib/core/testing/declaration-trial'
import { engineer, lead } from '@/lib/core/testing/people'
import { proofOf, seenSlot } from '@/lib/core/testing/trial'
import { withdrawTrial } from '@/lib/core/trials/close-trial'
import { concludeTrial } from '@/lib/core/trials/conclude-trial'
import { armTrial } from '@/lib/core/trials/prepare-trial'
import type { Db } from '@/lib/db/client'
import { findServer } from '@/lib/db/queries/servers/servers'
import { listCommandsOfTrial } from '@/lib/db/queries/trials/commands'
import { findTrial } from '@/lib/db/queries/trials/trials'
import type { VirtualDevice } from '@/lib/virtual-lab/virtual-device'
import { type Bench, type Lab, serverAt, tolerate } from '../bench-trip'
import { asRead } from './virtual-device'

/** Where a virtual lab is, and what takes its devices. */
type Place = {
  url: string
  declarationsUrl: string
  apiKey: string
  add(device: VirtualDevice): unknown
}

/** An armed trial on a device of the virtual lab that is as its readings say. */
export async function openDeclared({ db }: Lab, place: Place, at: Date): Promise<Bench> {
  const { apiKey, url, declarationsUrl } = place
  const beside = { declarationsUrl, declarationsKey: apiKey }
  const serverId = await serverAt(db, { url, apiKey }, beside)
  const { trialId, device } = await armedDeclaration(db, { serverId, at })
  const slug = (await findServer(db, serverId))?.slug ?? ''
  const seen = await seenSlot(db, trialId, 1, at)
  await place.add(asRead(device))
  return { trialId, device, slug, seen, acknowledged: [], answered: new Set() }
}

/** The declaration that was released, if any was. */
export const declarationOf = async (db: Db, { trialId }: Bench) =>
  (await listCommandsOfTrial(db, trialId)).find(({ purpose }) => purpose === 'intervention')

/** A person looks at the slot, and presses Release. */
export async function pressRelease(db: Db, servers: MdmServers, { trialId }: Bench, at: Date) {
  const seen = await seenSlot(db, trialId, 1, at)
  const proofId = await proofOf(db, engineer, 'release', trialId, at)
  return releaseThroughServer(db, servers, engineer, { ...seen, proofId }, () => at)
}

/** What provably never left puts its trial back; before it can be released again, the trial is armed again. */
export async function armAgain(db: Db, { trialId, device }: Bench, at: Date): Promise<void> {
  if ((await findTrial(db, trialId))?.state !== 'registered') return
  await armTrial(db, engineer, { trialId, serialLast4: device.serial.slice(-4) }, at)
}

/** A lead takes the declaration back. */
export async function pressWithdraw(
  db: Db,
  { trialId }: Bench,
  commandUuid: string,
  at: Date,
): Promise<void> {
  const proofId = await proofOf(db, lead, 'withdrawCommand', trialId, at)
  const input = { commandUuid, reason: 'the question has changed', proofId }
  await withdrawDeclaration(db, lead, input, at)
}

/** A lead ends the trial. */
export async function endTrial(db: Db, { trialId }: Bench, at: Date): Promise<void> {
  const proofId = await proofOf(db, lead, 'overrule', trialId, at)
  const reason = 'the program was killed under it'
  const end = { trialId, outcome: 'voidOperator' as const, reason, proofId }
  await tolerate(() => concludeTrial(db, lead, end, at))
  // What has sent nothing has no outcome.
  await tolerate(() => withdrawTrial(db, lead, { trialId, reason }, at))
}
