import { now } from '@/lib/core/testing/people'
import { twoSlots } from '@/lib/core/testing/trial'
import { exportProtocol, readProtocolFile } from '@/lib/core/trials/protocol-file'
import { retireProtocol, reviewProtocol } from '@/lib/core/trials/review-protocol'
import { saveProtocol } from '@/lib/core/trials/save-protocol'
import { verifyArms } from '@/lib/core/trials/verify-arms'
import type { Call } from './calls'

const reason = 'tried by the matrix'

/** One call of each service of protocols. */
export const protocolCalls: Record<string, Call> = {
  'protocol-file.exportProtocol': (db, actor, { trialId: protocolId }) =>
    exportProtocol(db, actor, { protocolId, version: undefined }, now),
  'protocol-file.readProtocolFile': (_, actor) => readProtocolFile(actor, '{}'),
  'review-protocol.retireProtocol': (db, actor, { protocolVersionId: versionId }) =>
    retireProtocol(db, actor, { versionId, reason }, now),
  'review-protocol.reviewProtocol': (db, actor, { protocolVersionId: versionId }) =>
    reviewProtocol(db, actor, { versionId, reason }, now),
  'verify-arms.verifyArms': (db, actor, { protocolVersionId: versionId }) =>
    verifyArms(db, actor, { versionId, simulated: false }),
  'save-protocol.saveProtocol': (db, actor) => saveProtocol(db, actor, { plan: twoSlots }, now),
}
