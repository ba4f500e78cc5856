import { decideClaim, saveClaim } from '@/lib/core/record/claims'
import { listClaimResults, listClaimVersions } from '@/lib/db/queries/claims'
import type { ClaimContent, ClaimFinding } from '@/lib/domain/claim/claim'
import type { ClaimRef } from '@/lib/domain/trial/protocol'
import { must } from './play-trial'
import type { SingleProtocol } from './protocols'
import type { Player, Stage } from './stage'
import type { Course, StoryTrial } from './trials'

type ClaimName = 'boolean' | 'unasked' | 'oneMore'

/** Claims of Apple's documents and of the community that the trials of 2018 could test. */
const texts: Record<ClaimName, ClaimContent> = {
  boolean: {
    statement: 'IsDownloaded in a reply to OSUpdateStatus is a boolean.',
    source: 'apple',
    sourceName: "Apple's schema at 18.1, IsDownloaded",
    url: 'https://github.com/apple/device-management/blob/b6202ca2fbd31286a52eb160b67a4db7b4fe1f1f/mdm/commands/system.update.status.yaml#L54',
    ...{ family: 'iOS', from: '10.3', check: 'reply', howTo: '' },
    ...{ requestType: 'OSUpdateStatus', path: 'OSUpdateStatus[].IsDownloaded' },
  },
  unasked: {
    statement: 'Without a passcode a device installs and restarts without asking anybody.',
    source: 'community',
    sourceName: 'Iru, managed OS: what users see',
    url: 'https://docs.iru.com/en/endpoint/devices/ios-ipados-managed-os-user-experience',
    ...{ family: 'iOS', from: '10.3', check: 'screen' },
    howTo: 'whether anything is asked on the screen before the restart',
  },
  oneMore: {
    statement: 'After the user has put an install off, one more command starts it at once.',
    source: 'community',
    sourceName: 'Radar 45414727',
    url: 'https://github.com/lionheart/openradar-mirror/issues/20594',
    ...{ family: 'iOS', from: '11.0', check: 'screen' },
    howTo: 'when the install starts after a command that follows a choice of tonight',
  },
}

export type Claims = Record<ClaimName, ClaimRef>

/** Writes the claims through the service, before the protocols that name them. */
export async function writeClaims({ tx, act }: Stage, { actor }: Player): Promise<Claims> {
  const write = async (name: ClaimName): Promise<ClaimRef> => {
    const content = texts[name]
    const saved = must(await act((now) => saveClaim(tx, actor, { content }, now)), 'saved')
    const [claim] = await listClaimVersions(tx, saved.claimId)
    if (!claim) throw new Error('the claim was not written')
    return { claim: claim.number, version: claim.version }
  }
  return {
    boolean: await write('boolean'),
    unasked: await write('unasked'),
    oneMore: await write('oneMore'),
  }
}

/** The claims that a protocol of the story names. */
export function claimsOf(protocol: 'newest' | SingleProtocol, claims: Claims): ClaimRef[] {
  if (protocol === 'newest') return [claims.boolean, claims.unasked]
  return protocol === 'tonight' ? [claims.boolean, claims.oneMore] : []
}

const said: Partial<Record<Course, [ClaimFinding, string]>> = {
  unattended: ['supports', 'It restarted into the install, and nobody had touched it.'],
  accepted: ['notObserved', 'The device has a passcode, so this is no trial of it.'],
  notAccepted: ['notObserved', 'The device has a passcode, so this is no trial of it.'],
  tonight: ['supports', 'The progress bar came within a minute of the third command, at noon.'],
}

/** The lead decides where no reply does. A trial whose review has not ended still waits. */
export async function decideClaims(
  { tx, act }: Stage,
  { actor }: Player,
  { course, review }: StoryTrial,
  trialId: string,
): Promise<void> {
  const decision = said[course]
  if (!decision || review === 'none' || review === 'openQuery') return
  const [finding, reason] = decision
  for (const { comparedBy, inRange, claimVersionId } of await listClaimResults(tx, { trialId }))
    if (comparedBy === 'screen' && inRange) {
      const input = { trialId, claimVersionId, finding, reason }
      must(await act((now) => decideClaim(tx, actor, input, now)), 'decided')
    }
}
