import { Alert } from '@mantine/core'
import { IconArchive, IconLock } from '@tabler/icons-react'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { Device } from '@/lib/db/queries/devices/devices'

/** What a lead has decided about the device, above everything else. */
export function Standing({ device }: { device: Device }) {
  const { retiredAt, retiredBy, retiredBecause, heldBecause, heldBy } = device
  return (
    <>
      {retiredAt && (
        <Alert color="gray" variant="outline" title="Retired" icon={<IconArchive aria-hidden />}>
          <UserText>{retiredBecause}</UserText> (by <UserText>{retiredBy}</UserText>,{' '}
          <When at={retiredAt} />)
        </Alert>
      )}
      {heldBecause && (
        <Alert
          color="orange"
          variant="outline"
          title="Reserved by a lead"
          icon={<IconLock aria-hidden />}
        >
          <UserText>{heldBecause}</UserText> (by <UserText>{heldBy}</UserText>)
        </Alert>
      )}
    </>
  )
}
