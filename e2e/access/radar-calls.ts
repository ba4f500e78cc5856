import { changeRadar } from '@/lib/core/record/change-radar'
import { decideClaim, exportClaims, saveClaim } from '@/lib/core/record/claims'
import { editRadar, proposeRadar, writeRadar } from '@/lib/core/record/write-radar'
import { now } from '@/lib/core/testing/people'
import type { ClaimContent } from '@/lib/domain/claim/claim'
import type { Call } from './calls'

const text = 'tried by the matrix'
const claim: ClaimContent = {
  ...{ statement: text, source: 'apple', sourceName: text, url: 'https://example.org/' },
  ...{ family: 'iOS', from: '11.3', check: 'screen', howTo: text },
}
const content = {
  ...{ title: text, area: text, steps: text },
  ...{ expected: text, actual: text, configuration: text },
}

/** One call of each service of radars and claims; the ID of a trial stands for one of theirs. */
export const radarCalls: Record<string, Call> = {
  'claims.saveClaim': (db, actor, { trialId }) =>
    saveClaim(db, actor, { claimId: trialId, basedOn: 1, content: claim }, now),
  'claims.decideClaim': (db, actor, { trialId, rowId }) =>
    decideClaim(
      db,
      actor,
      { trialId, claimVersionId: rowId, finding: 'notObserved', reason: text },
      now,
    ),
  'claims.exportClaims': (db, actor) =>
    exportClaims(db, actor, { environment: 'real', bom: false }, now),
  'write-radar.proposeRadar': (db, actor, { trialId }) => proposeRadar(db, actor, { trialId }),
  'write-radar.writeRadar': (db, actor, { trialId }) =>
    writeRadar(db, actor, { origin: { trialId }, content }, now),
  'write-radar.editRadar': (db, actor, { trialId }) =>
    editRadar(db, actor, { radarId: trialId, content }, now),
  'change-radar.changeRadar': (db, actor, { trialId }) =>
    changeRadar(
      db,
      actor,
      { radarId: trialId, kind: 'acknowledged', reason: text, trials: '' },
      now,
    ),
}
