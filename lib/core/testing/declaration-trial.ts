import { randomUUID } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import { releaseThroughServer } from '../release/release-slot'
import type { declaringServer } from './declaration-server'
import { addServer } from './device'
import { engineer, must, now } from './people'
import { armedTrial, proofOf, seenSlot } from './trial'

export const declarationPlan: ProtocolPlan = {
  title: 'Enforce 18.2 by declaration',
  question: 'Is it installed at its time?',
  slots: [{ mechanism: 'declaration', targetVersion: '18.2', when: { kind: 'asSoonAsPossible' } }],
  conditions: {},
  steps: [{ doThis: 'Watch', expect: 'A download' }],
  expectedOutcome: 'Installed as expected',
  primaryOutcome: 'installed',
  deadlineMinutes: 60,
}

/** An armed trial of one declaration on an iPhone that qualifies. */
export async function armedDeclaration(db: Db, input: Parameters<typeof armedTrial>[1] = {}) {
  const beside = {
    declarationsUrl: `http://127.0.0.1:8/${randomUUID()}`,
    declarationsKey: 'lab-declarations-key',
  }
  return armedTrial(db, {
    plan: declarationPlan,
    ...input,
    serverId: input.serverId ?? (await addServer(db, input.simulated, beside)),
    but: {
      osVersion: '18.1',
      osBuild: '22B83',
      availableUpdates: [
        {
          productKey: 'iOSUpdate22C152',
          version: '18.2',
          build: '22C152',
          securityResponse: false,
          downloadBytes: 225_236_247,
          installBytes: 537_395_200,
        },
      ],
      ...input.but,
    },
  })
}

type Declaring = Pick<ReturnType<typeof declaringServer>, 'servers'>

/** Releases a slot after reading what the server holds, with a proof of its own. */
export async function releaseDeclared(
  db: Db,
  { servers }: Declaring,
  trialId: string,
  at = now,
  ordinal = 1,
) {
  const seen = await seenSlot(db, trialId, ordinal, at)
  const proofId = await proofOf(db, engineer, 'release', trialId, at)
  return releaseThroughServer(db, servers, engineer, { ...seen, proofId }, () => at)
}

/** A trial whose declaration is released at `now` and on hold. */
export async function releasedDeclaration(
  db: Db,
  mdm: Declaring,
  input: Parameters<typeof armedTrial>[1] = {},
) {
  const trial = await armedDeclaration(db, input)
  const { commandUuid } = must(await releaseDeclared(db, mdm, trial.trialId), 'released')
  return { ...trial, commandUuid }
}
