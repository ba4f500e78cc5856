import { List, ListItem, Text } from '@mantine/core'
import { Card } from '@/components/data/card'
import { TextLink } from '@/components/data/links'
import type { DevicesOnVersion } from '@/lib/db/queries/waiting'
import type { Environment } from '@/lib/domain/device/device'
import { paths } from '@/lib/paths'

type Props = { rows: readonly DevicesOnVersion[]; environment: Environment }

/** How many devices of each version could be used; a number that is a link is that of its list. */
export const FreeDevices = ({ rows, environment }: Props) => (
  <Card title="Devices free by version">
    {rows.length === 0 ? (
      <Text size="sm">No devices yet.</Text>
    ) : (
      <>
        <Text size="sm" c="dimmed">
          Free: neither reserved nor in a live trial. Qualified: passes every rule on readings that
          are not stale.
        </Text>
        <List listStyleType="none" spacing={6} size="sm">
          {rows.map((row) => (
            <ListItem key={`${row.platform} ${row.version}`}>
              <Row row={row} environment={environment} />
            </ListItem>
          ))}
        </List>
      </>
    )}
  </Card>
)

type RowProps = { row: DevicesOnVersion; environment: Environment }

function Row({ row: { platform, version, devices, free, qualified }, environment }: RowProps) {
  const numbers = `${free.toLocaleString('en')} free of ${devices.toLocaleString('en')}`
  if (version === null)
    return (
      <>
        {platform}, version not known: {numbers}
      </>
    )
  const at = { environment, platform, version }
  return (
    <>
      <TextLink href={paths.devices(at)} size="sm" fw={600}>
        {platform} {version}
      </TextLink>
      : {numbers}
      {qualified > 0 && (
        <>
          ,{' '}
          <TextLink href={paths.devices({ ...at, verdict: 'qualified' })} size="sm">
            {qualified.toLocaleString('en')} qualified
          </TextLink>
        </>
      )}
    </>
  )
}
