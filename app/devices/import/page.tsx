import {
  List,
  ListItem,
  Spoiler,
  Table,
  TableTbody,
  TableTd,
  TableTh,
  TableThead,
  TableTr,
  Text,
  Title,
} from '@mantine/core'
import type { Metadata } from 'next'
import { PageHeader } from '@/components/page-header'
import { enter } from '@/lib/auth/door'
import { listServers } from '@/lib/db/servers'
import { refusalFor } from '@/lib/domain/actor'
import { acceptedDeviceForm } from '@/lib/domain/device-draft'
import { type ImportColumn, importColumns } from '@/lib/domain/import-column'
import { acceptedForm } from '@/lib/domain/typed-reading'
import { importLimits } from '@/lib/services/read-device-csv'
import { serverChoices } from '../server-choices'
import { ImportForm } from './form'

export const metadata: Metadata = { title: 'Import devices' }

export default async function ImportPage() {
  const { actor, db } = await enter('look')
  const servers = await listServers(db)
  return (
    <>
      <PageHeader
        title="Import devices"
        description="A CSV file with one device in each row. You first see what it would do; nothing is written before you say so."
      />
      <ImportForm servers={serverChoices(servers)} because={refusalFor(actor, 'importDevices')} />
      <Manual />
    </>
  )
}

const Manual = () => (
  <section aria-label="The file">
    <Title order={2} size="h4" mt="xl" mb="xs">
      The file
    </Title>
    <List size="sm" spacing={4} maw={820}>
      <ListItem>
        UTF-8 with a header row; commas, semicolons or tabs; at most {importLimits.bytes / 1e6} MB
        and {importLimits.rows.toLocaleString('en')} rows.
      </ListItem>
      <ListItem>
        Each row needs an enrollment ID or a serial: by one of the two a later import finds the same
        device, updates it and says what changes. A new device needs its platform too.
      </ListItem>
      <ListItem>
        A row is imported whole or not at all. An empty cell leaves what is kept as it is; a reading
        of “not known” says that somebody looked and could not tell.
      </ListItem>
      <ListItem>
        Readings carry your name and the time under “Read at”, else the time of the import. A file
        that repeats what is known writes no new reading, so nothing looks fresher than it is.
      </ListItem>
    </List>
    <Spoiler
      maxHeight={180}
      showLabel="Show every column"
      hideLabel="Show fewer"
      mt="sm"
      maw={1000}
    >
      <Table>
        <TableThead>
          <TableTr>
            <TableTh>Column</TableTh>
            <TableTh>Also understood</TableTh>
            <TableTh>Accepted</TableTh>
          </TableTr>
        </TableThead>
        <TableTbody>
          {importColumns.map(({ label, aliases, column }) => (
            <TableTr key={label}>
              <TableTd>{label}</TableTd>
              <TableTd>
                <Text span size="sm" c="dimmed">
                  {aliases.join(', ')}
                </Text>
              </TableTd>
              <TableTd>{acceptedIn(column)}</TableTd>
            </TableTr>
          ))}
        </TableTbody>
      </Table>
    </Spoiler>
  </section>
)

function acceptedIn(column: ImportColumn): string {
  if (column.kind === 'device') return acceptedDeviceForm(column.field)
  if (column.kind === 'reading') return acceptedForm(column.field)
  if (column.kind === 'mdmServer') return 'the name or short name of an MDM server'
  return 'a time with its zone, such as 2026-03-02T09:00:00Z'
}
