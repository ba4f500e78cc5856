import type { Metadata } from 'next'
import { z } from 'zod'
import { EmptyState } from '@/components/data/empty-state'
import { TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { authorize } from '@/lib/auth/guard'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { listVersionChoices } from '@/lib/db/queries/trials/protocols'
import { mayDo, refusalFor } from '@/lib/domain/account/permissions'
import { armAsks } from '@/lib/domain/trial/arms'
import { versionChoiceLabel } from '@/lib/domain/trial/protocol-life'
import { paths } from '@/lib/paths'
import { findDeviceChoice, listDeviceChoices } from './device-choices'
import { NewTrialForm } from './form'

export const metadata: Metadata = { title: 'New trial' }

type Props = { searchParams: Promise<Record<string, string | undefined>> }

const isId = (text: string | undefined): text is string => z.uuid().safeParse(text).success

export default async function NewTrialPage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const given = await searchParams
  const now = new Date()
  const [named, asked, protocols] = await Promise.all([
    isId(given.deviceId) ? findDeviceChoice(db, given.deviceId, now) : undefined,
    resolveEnvironment(db, given.environment),
    listVersionChoices(db),
  ])
  // A link from a device's page names it, whichever environment it is of.
  const { environment, reason } = named ? { environment: named.environment } : asked
  const first = await listDeviceChoices(db, { environment }, now)
  const devices = named
    ? [named.choice, ...first.filter(({ value }) => value !== named.choice.value)]
    : first
  if (protocols.length === 0)
    return (
      <EmptyState
        title="No protocol yet"
        order={1}
        action={<TextLink href={paths.protocolNew()}>Write the first protocol</TextLink>}
      >
        A trial follows a protocol: the commands, the starting conditions and what is expected.
      </EmptyState>
    )
  return (
    <>
      <PageHeader
        title="New trial"
        environment={environment}
        environmentReason={reason}
        description="A draft is only recorded: it reserves nothing and sends nothing."
      />
      <NewTrialForm
        reason={refusalFor(actor, 'draftTrial')}
        mayTakeOver={mayDo(actor, 'manageBookings')}
        environment={environment}
        devices={devices}
        protocols={protocols.map(({ protocolId, versionId, version, plan, draft, createdBy }) => ({
          value: versionId,
          protocolId,
          label: versionChoiceLabel({ plan, version, draft }),
          ...(draft && { draftBy: createdBy }),
          question: plan.question,
          arms: (plan.design?.arms ?? []).map((arm) => ({ name: arm.name, asks: armAsks(arm) })),
        }))}
        deviceId={given.deviceId}
        protocolId={given.protocolId}
      />
    </>
  )
}
