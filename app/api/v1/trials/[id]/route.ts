import { answering, refuse, responseOf } from '@/lib/api/answer'
import { wholeTrialSchema } from '@/lib/api/schema'
import { authorizeApi } from '@/lib/auth/guard'
import { findSecondReading, findStandingIfAsked } from '@/lib/db/queries/trials/second-readings'
import { findTrialEnd } from '@/lib/db/queries/trials/trial-end'
import { findTrialView } from '@/lib/db/queries/trials/trial-view'
import { isUnread } from '@/lib/domain/review/second-reading'
import { targetText } from '@/lib/domain/trial/mechanism'

const give = answering(wholeTrialSchema)

type Context = { params: Promise<{ id: string }> }

/** One trial with its commands, its observations and how its outcome was decided. */
export const GET = (request: Request, { params }: Context): Promise<Response> =>
  authorizeApi(request, 'look', async ({ actor, db }) => {
    const view = await findTrialView(db, (await params).id)
    if (!view) return responseOf(refuse(404, 'There is no such trial.'))
    const { trial, version, commands, observations, decision } = view
    const reader = await findStandingIfAsked(db, view, actor.id)
    const answer = give({
      ...trial,
      endState: (await findTrialEnd(db, trial.id))?.state ?? null,
      protocolVersion: version.version,
      protocolTitle: version.plan.title,
      target: targetText(version.plan.slots[0]),
      arm: version.arm && { ...version.arm, name: version.arm.arm, assigned: version.arm.method },
      commands,
      observations,
      // Withheld from every key until then, whoever made it.
      decision: reader && isUnread(reader) ? null : decision,
      secondReading: reader?.read ? ((await findSecondReading(db, trial.id)) ?? null) : null,
    })
    return responseOf(answer)
  })
