import type { Metadata } from 'next'
import { PageHeader } from '@/components/data/page-header'
import { authorize } from '@/lib/auth/guard'
import type { Device } from '@/lib/db/queries/devices/devices'
import { listServers } from '@/lib/db/queries/servers/servers'
import { refusalFor } from '@/lib/domain/account/permissions'
import { shownText } from '@/lib/domain/text/typed-text'
import { DeviceForm } from '../../form'
import { serverChoices } from '../../server-choices'
import { deviceOr404 } from '../device'

export const metadata: Metadata = { title: 'Edit a device' }

type Props = { params: Promise<{ id: string }> }

export default async function EditDevicePage({ params }: Props) {
  const { actor, db } = await authorize('look')
  const device = await deviceOr404((await params).id)
  const servers = await listServers(db)
  return (
    <>
      <PageHeader
        title={device.labTag ? `Edit ${device.labTag}` : 'Give it a lab tag'}
        description={
          device.labTag
            ? 'Readings are not edited here: they are queried or authorized, each with its time.'
            : `It came in by its own enrollment as “${shownText(device.name)}”. Find it by its serial, stick a tag on it and write the tag here.`
        }
        environment={device.simulated ? 'simulated' : 'real'}
      />
      <DeviceForm
        initial={textOf(device)}
        servers={serverChoices(servers, device.simulated)}
        readOnlyReason={refusalFor(actor, 'editDevice')}
      />
    </>
  )
}

const textOf = (device: Device) => ({
  labTag: device.labTag ?? '',
  name: device.name,
  enrollmentId: device.enrollmentId ?? '',
  serial: device.serial ?? '',
  platform: device.platform,
  modelIdentifier: device.modelIdentifier ?? '',
  modelName: device.modelName ?? '',
  location: device.location,
  holder: device.holder,
  notes: device.notes,
  mdmServerId: device.mdmServerId ?? '',
  existing: { deviceId: device.id, seenUpdatedAt: device.updatedAt.toISOString() },
})
