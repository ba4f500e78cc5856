import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { z } from 'zod'
import { PageHeader } from '@/components/data/page-header'
import { Refusal } from '@/components/data/refusal'
import { authorize } from '@/lib/auth/guard'
import { proposeRadar } from '@/lib/core/record/write-radar'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { findContradiction } from '@/lib/db/queries/radars/radars'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { refusalFor } from '@/lib/domain/account/permissions'
import { RadarEditor } from '../editor'
import type { ContentInput } from '../schema'

export const metadata: Metadata = { title: 'Write a radar' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

const empty: ContentInput = {
  title: '',
  area: '',
  steps: '',
  expected: '',
  actual: '',
  configuration: '',
}

const uuid = z.uuid()
const rowId = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER)

/** A report that is filled in from a contradiction or a trial; without either it is written by hand. */
export default async function NewRadarPage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const { contradiction, trial, environment } = await searchParams
  const reason = refusalFor(actor, 'writeRadar')
  const from = { contradiction: rowId.safeParse(contradiction), trial: uuid.safeParse(trial) }
  const origin =
    contradiction !== undefined && from.contradiction.success
      ? { contradictionId: from.contradiction.data }
      : trial !== undefined && from.trial.success
        ? { trialId: from.trial.data }
        : undefined
  if (!origin && (contradiction !== undefined || trial !== undefined)) notFound()
  if (!origin) {
    const shown = await resolveEnvironment(db, environment)
    const about = { environment: shown.environment, platform: 'iOS' as const, startVersion: '' }
    return (
      <>
        <PageHeader
          title="Write a radar"
          environment={shown.environment}
          description="Without a trial: a wish, or a report that somebody else filed."
        />
        <RadarEditor initial={empty} about={{ origin: about }} reason={reason} />
      </>
    )
  }
  const found =
    origin.trialId !== undefined
      ? await findTrial(db, origin.trialId)
      : await findContradiction(db, origin.contradictionId)
  if (!found) notFound()
  const proposed = await proposeRadar(db, actor, origin)
  const shown = found.simulated ? 'simulated' : 'real'
  return (
    <>
      <PageHeader
        title="Write a radar"
        environment={shown}
        description="Expected is what Apple documents, Actual what the device answered, both from the record."
      />
      {proposed.status === 'proposed' ? (
        <RadarEditor initial={proposed.content} about={{ origin }} reason={reason} />
      ) : (
        <Refusal title="Nothing to write from" reason={proposed.reason} />
      )}
    </>
  )
}
