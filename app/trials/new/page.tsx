import type { Metadata } from 'next'
import { EmptyState } from '@/components/empty-state'
import { TextLink } from '@/components/links'
import { PageHeader } from '@/components/page-header'
import { requireActor } from '@/lib/auth/actor'
import { listDevices } from '@/lib/db/device-list'
import { db } from '@/lib/db/pool'
import { listProtocols } from '@/lib/db/protocols'
import { resolveWorld } from '@/lib/db/worlds'
import { refusalFor } from '@/lib/domain/actor'
import { paths } from '@/lib/paths'
import { NewTrialForm } from './form'

export const metadata: Metadata = { title: 'New trial' }

/** A search narrows further; a lab with more devices than this opens the trial from the device's page. */
const mostDevices = 500

type Props = { searchParams: Promise<Record<string, string | undefined>> }

export default async function NewTrialPage({ searchParams }: Props) {
  const actor = await requireActor()
  const given = await searchParams
  const { world, because } = await resolveWorld(db, given.world)
  const now = new Date()
  const [real, simulated, protocols] = await Promise.all([
    listDevices(db, { world: 'real', limit: mostDevices }, now),
    listDevices(db, { world: 'simulated', limit: mostDevices }, now),
    listProtocols(db),
  ])
  // A link from a device's page names it, whichever world it is of.
  const devices = [...real.rows, ...simulated.rows].filter(
    ({ id, simulated: isSimulated }) =>
      id === given.deviceId || isSimulated === (world === 'simulated'),
  )
  const chosen = devices.find(({ id }) => id === given.deviceId)
  const shown = chosen ? (chosen.simulated ? 'simulated' : 'real') : world
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
        world={shown}
        worldBecause={chosen ? undefined : because}
        description="Nothing is reserved and nothing is sent by this: a draft is only written down."
      />
      <NewTrialForm
        because={refusalFor(actor, 'draftTrial')}
        devices={devices.map((device) => ({
          value: device.id,
          label: `${device.labTag ?? 'no lab tag'} · ${device.name} · ${device.osVersion?.value ?? 'OS unknown'}`,
          verdict: device.verdict,
          because: device.because,
        }))}
        protocols={protocols.map(({ protocolId, versionId, version, plan }) => ({
          value: versionId,
          protocolId,
          label: `${plan.title} (version ${version})`,
          question: plan.question,
        }))}
        deviceId={given.deviceId}
        protocolId={given.protocolId}
      />
    </>
  )
}
