import {
  Alert,
  Code,
  Table,
  TableTbody,
  TableTd,
  TableTh,
  TableTr,
  Text,
  Title,
} from '@mantine/core'
import { IconArchive, IconLock } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { Device } from '@/lib/db/queries/devices/devices'
import type { ShownServer } from '@/lib/db/queries/servers/servers'
import { endInWords, isHeld } from '@/lib/domain/device/hold'
import { paths } from '@/lib/paths'

type Props = { device: Device; server: ShownServer | undefined }

/** What the device is and where; its state is shown under the readings. */
export function Identity({ device, server }: Props) {
  const given = (text: string | null) =>
    text ? (
      <UserText>{text}</UserText>
    ) : (
      <Text span c="dimmed" size="sm">
        not given
      </Text>
    )
  const code = (text: string | null) =>
    text ? <Code style={{ overflowWrap: 'anywhere' }}>{text}</Code> : given(null)
  const rows: [string, ReactNode][] = [
    ['Serial', code(device.serial)],
    ['Enrollment ID', code(device.enrollmentId)],
    [
      'MDM server',
      server ? (
        <TextLink href={paths.server(server.id)} size="sm">
          {server.name}
        </TextLink>
      ) : (
        given(null)
      ),
    ],
    ['Model identifier', code(device.modelIdentifier)],
    ['Location', given(device.location)],
    ['Holder', given(device.holder)],
    [
      'Notes',
      <Text key="notes" size="sm" style={{ whiteSpace: 'pre-line' }}>
        {given(device.notes)}
      </Text>,
    ],
    ['Added', <When key="added" at={device.createdAt} />],
    [
      'Last edited',
      device.updatedBy ? (
        <span key="edited">
          <When at={device.updatedAt} /> by <UserText>{device.updatedBy}</UserText>
        </span>
      ) : (
        given(null)
      ),
    ],
  ]
  return (
    <section aria-label="Identity">
      <Title order={2} size="h4" mb="xs">
        Identity
      </Title>
      <Table layout="fixed" aria-label="Identity">
        <TableTbody>
          {rows.map(([label, value]) => (
            <TableTr key={label}>
              <TableTh scope="row" fw={500} w="38%" style={{ verticalAlign: 'top' }}>
                {label}
              </TableTh>
              <TableTd>{value}</TableTd>
            </TableTr>
          ))}
        </TableTbody>
      </Table>
    </section>
  )
}

/** What a lead has decided about the device, above everything else. */
/** @param at the instant that is shown: now, or that of a history */
export function Standing({ device, at }: { device: Device; at: Date }) {
  const { retiredAt, retiredBy, retirementReason, holdReason, heldBy, holdUntil } = device
  return (
    <>
      {retiredAt && (
        <Alert color="gray" variant="outline" title="Retired" icon={<IconArchive aria-hidden />}>
          <UserText>{retirementReason}</UserText> (by <UserText>{retiredBy}</UserText>,{' '}
          <When at={retiredAt} />)
        </Alert>
      )}
      {isHeld(device, at) && (
        <Alert
          color="orange"
          variant="outline"
          title={`Reserved by a lead ${endInWords(holdUntil)}`}
          icon={<IconLock aria-hidden />}
        >
          <UserText>{holdReason}</UserText> (by <UserText>{heldBy}</UserText>)
        </Alert>
      )}
    </>
  )
}
