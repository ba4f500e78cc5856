import { changeRadar } from '@/lib/core/record/change-radar'
import { editRadar, proposeRadar, writeRadar } from '@/lib/core/record/write-radar'
import { now } from '@/lib/core/testing/people'
import type { Call } from './calls'

const text = 'tried by the matrix'
const content = {
  ...{ title: text, area: text, steps: text },
  ...{ expected: text, actual: text, configuration: text },
}

/** One call of each service of radars; the ID of a trial stands for one of a radar. */
export const radarCalls: Record<string, Call> = {
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
