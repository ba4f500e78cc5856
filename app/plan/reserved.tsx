import { Text, Title } from '@mantine/core'
import classes from '@/components/data/data-table.module.css'
import { TextLink } from '@/components/data/links'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import type { ReservedDevice } from '@/lib/db/queries/planning/unused-devices'
import { endInWords } from '@/lib/domain/device/hold'
import { paths } from '@/lib/paths'

/** Devices that leads keep for later questions, with what for and until when. */
export function Reserved({ devices }: { devices: readonly ReservedDevice[] }) {
  return (
    <section aria-label="Reserved devices">
      <Title order={2} size="h4">
        Reserved devices
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        Kept by a lead for a later question. A trial uses one only if a lead waives the reservation
        for it, with a reason; after its end a device is free again.
      </Text>
      {devices.length === 0 ? (
        <Text size="sm">No device is reserved. A lead reserves one on its page.</Text>
      ) : (
        <table className={classes.table}>
          <TableHead labels={['Device', 'OS', 'Kept for', 'Reserved']} />
          <tbody>
            {devices.map(({ id, labTag, platform, osVersion, reason, by, until }) => (
              <tr key={id}>
                <td data-label="Device">
                  <TextLink href={paths.device(id)} size="sm">
                    <UserText>{labTag}</UserText>
                  </TextLink>
                </td>
                <td data-label="OS">
                  <div>
                    {platform} <UserText>{osVersion ?? 'not known'}</UserText>
                  </div>
                </td>
                <td data-label="Kept for">
                  <UserText>{reason}</UserText>
                </td>
                <td data-label="Reserved">
                  <div>
                    {endInWords(until)}
                    {by && (
                      <div className={classes.dim}>
                        by <UserText>{by}</UserText>
                      </div>
                    )}
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
