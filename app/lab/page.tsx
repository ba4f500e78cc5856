import { Code, Text } from '@mantine/core'
import { IconFlask } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { EmptyState } from '@/components/data/empty-state'
import { TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { VirtualLabPanel } from '@/components/lab/virtual-lab-panel'
import { authorize } from '@/lib/auth/guard'
import { hasVirtualLab } from '@/lib/db/queries/environments'
import { refusalFor } from '@/lib/domain/account/permissions'
import { paths } from '@/lib/paths'
import { variants } from '@/lib/virtual-lab/declarative/variants'
import { faults } from '@/lib/virtual-lab/faults'
import { declarationLooks, pushLooks, storageLooks } from '@/lib/virtual-lab/server-habits'
import {
  actOnDeviceAction,
  resetLabAction,
  setFaultAction,
  setServerAction,
  setSpeedAction,
  setVariantAction,
} from '../lab-actions'

export const metadata: Metadata = { title: 'Virtual lab' }

/** The virtual devices, with what a person at each of them could do. */
export default async function LabPage() {
  const { actor, db } = await authorize('look')
  if (!(await hasVirtualLab(db))) return <NoLab />
  return (
    <>
      <PageHeader
        title="Virtual lab"
        environment="simulated"
        description="Play the person at a virtual device: plug it in, enter the passcode, choose “tonight”, take it offline, make its replies late, double or lost, choose how it behaves under declarations. This page shows the true state of each device, which its MDM replies do not always report. Nothing here reaches a real device, and nothing from here is evidence."
      />
      <VirtualLabPanel
        reason={refusalFor(actor, 'controlVirtualLab')}
        act={actOnDeviceAction}
        setSpeed={setSpeedAction}
        reset={resetLabAction}
        faultControls={{
          faults,
          set: setFaultAction,
          variants,
          setVariant: setVariantAction,
          looks: { storage: storageLooks, push: pushLooks, declarations: declarationLooks },
          setServer: setServerAction,
        }}
      />
    </>
  )
}

const NoLab = () => (
  <EmptyState title="No virtual lab here" order={1} icon={IconFlask}>
    <Text size="sm">
      This Oneway knows real MDM servers only, and they have no control panel. To rehearse, start
      one with <Code>ONEWAY_DEMO=1</Code>: the virtual lab then runs beside the app with twelve
      virtual devices, and everything of it is marked SIMULATED.
    </Text>
    <TextLink href={paths.devices()}>To the devices</TextLink>
  </EmptyState>
)
