import { IconFlask } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { EmptyState } from '@/components/empty-state'
import { PageHeader } from '@/components/page-header'
import { VirtualLabPanel } from '@/components/virtual-lab-panel'
import { requireActor } from '@/lib/auth/actor'
import { db } from '@/lib/db/pool'
import { hasVirtualLab } from '@/lib/db/worlds'
import { refusalFor } from '@/lib/domain/actor'
import { actOnDeviceAction, setSpeedAction } from '../lab-actions'

export const metadata: Metadata = { title: 'Virtual lab' }

export default async function LabPage() {
  const actor = await requireActor()
  if (!(await hasVirtualLab(db)))
    return (
      <EmptyState title="No virtual lab here" order={1} icon={IconFlask}>
        It runs beside the app when Oneway is started with ONEWAY_DEMO=1, as it is without a
        DATABASE_URL.
      </EmptyState>
    )
  return (
    <>
      <PageHeader
        title="Virtual lab"
        world="simulated"
        description="Play the person at a virtual device: plug it in, enter the passcode, choose “tonight”, take it offline. Nothing here reaches a real device, and nothing from here is evidence."
      />
      <VirtualLabPanel
        because={refusalFor(actor, 'controlVirtualLab')}
        act={actOnDeviceAction}
        setSpeed={setSpeedAction}
      />
    </>
  )
}
