import { readKeptReports } from '@/lib/core/ingest/read-kept-reports'
import { lookAtDeclarations } from '@/lib/core/release/look-at-declarations'
import { releaseThroughServer } from '@/lib/core/release/release-slot'
import { lookAtHoldings } from '@/lib/core/release/server-holdings'
import { withdrawDeclaration } from '@/lib/core/release/withdraw-declaration'
import { fakeServer } from '@/lib/core/testing/mdm-server'
import { now } from '@/lib/core/testing/people'
import type { Call } from './calls'

const { servers } = fakeServer()
const clock = () => now

/** The calls of declarations: see `calls`. */
export const declarationCalls: Record<string, Call> = {
  'look-at-declarations.lookAtDeclarations': (db, actor, { deviceId }) =>
    lookAtDeclarations(db, servers, actor, { deviceId }, clock),
  'read-kept-reports.readKeptReports': (db, actor, { deviceId }) =>
    readKeptReports(db, servers, actor, { deviceId }, clock),
  'release-slot.releaseThroughServer': (db, actor, { trialId, verdictId }) => {
    const input = { trialId, ordinal: 1, verdictId, proofId: undefined }
    return releaseThroughServer(db, servers, actor, input, clock)
  },
  'server-holdings.lookAtHoldings': (db, actor, { trialId }) =>
    lookAtHoldings(db, servers, actor, { trialId }, clock),
  'withdraw-declaration.withdrawDeclaration': (db, actor, { commandUuid }) =>
    withdrawDeclaration(db, actor, { commandUuid, reason: 'tried by the matrix' }, now),
}
