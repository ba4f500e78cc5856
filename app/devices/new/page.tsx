import type { Metadata } from 'next'
import { PageHeader } from '@/components/data/page-header'
import { authorize } from '@/lib/auth/guard'
import { listServers } from '@/lib/db/queries/servers/servers'
import { refusalFor } from '@/lib/domain/account/permissions'
import { DeviceForm } from '../form'
import { serverChoices } from '../server-choices'

export const metadata: Metadata = { title: 'Add a device' }

const empty = {
  labTag: '',
  name: '',
  enrollmentId: '',
  serial: '',
  platform: 'iOS' as const,
  modelIdentifier: '',
  modelName: '',
  location: '',
  holder: '',
  notes: '',
  mdmServerId: '',
}

export default async function NewDevicePage() {
  const { actor, db } = await authorize('look')
  const servers = await listServers(db)
  return (
    <>
      <PageHeader
        title="Add a device"
        description="A device that enrolls in MDM needs no form: it is added at its check-in and only needs a lab tag."
      />
      <DeviceForm
        initial={empty}
        servers={serverChoices(servers)}
        readOnlyReason={refusalFor(actor, 'editDevice')}
      />
    </>
  )
}
