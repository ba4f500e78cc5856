import { Alert } from '@mantine/core'
import { IconFileTypeCsv } from '@tabler/icons-react'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import type { DeviceImport } from '@/lib/db/queries/devices/device-imports'
import type { Environment } from '@/lib/domain/device/device'
import { paths } from '@/lib/paths'

type Props = { made: DeviceImport; environment: Environment }

/** Says that the list is narrowed to one import, and what that did. */
export function ImportedNotice({ made, environment }: Props) {
  const { fileName, added, changed, unchanged, leftOut } = made
  return (
    <Alert
      color="green"
      variant="outline"
      mb="sm"
      role="status"
      icon={<IconFileTypeCsv aria-hidden />}
      title={
        fileName ? (
          <>
            Imported from <UserText>{fileName}</UserText>
          </>
        ) : (
          'Imported'
        )
      }
    >
      {added} added, {changed} changed, {unchanged} unchanged
      {leftOut > 0 && `, ${leftOut} ${leftOut === 1 ? 'row' : 'rows'} not imported`}. The list shows
      the devices of this file.{' '}
      <TextLink href={paths.devices({ environment })} size="sm">
        Show all devices
      </TextLink>
    </Alert>
  )
}
