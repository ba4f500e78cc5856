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
import { PageHeader } from '@/components/data/page-header'
import { authorize } from '@/lib/auth/guard'
import { listServers } from '@/lib/db/queries/servers/servers'
import { refusalFor } from '@/lib/domain/account/permissions'
import { acceptedDeviceForm } from '@/lib/domain/device/device-draft'
import { type ImportColumn, importColumns } from '@/lib/domain/import/columns'
import { acceptedInFile } from '@/lib/domain/import/read-cells'
import { importLimits } from '@/lib/import-file/split-csv'
import { serverChoices } from '../server-choices'
import { TemplateButton } from './download'
import { ImportForm } from './form'

export const metadata: Metadata = { title: 'Import devices' }

export default async function ImportPage() {
  const { actor, db } = await authorize('look')
  const servers = await listServers(db)
  return (
    <>
      <PageHeader
        title="Import devices"
        description="A file with one device in each row. You see a preview first; nothing is saved until you confirm it."
        action={<TemplateButton />}
      />
      <ImportForm servers={serverChoices(servers)} reason={refusalFor(actor, 'importDevices')} />
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
        Exports of Jamf Pro, Intune, Fleet, Profile Manager, Snipe-IT, Apple Configurator, Kandji,
        Mosyle and SimpleMDM as they come, what <code>ideviceinfo</code> prints, and any table with
        a header row.
      </ListItem>
      <ListItem>
        Commas, semicolons, tabs or bars; UTF-8, UTF-16 or Windows-1252; at most{' '}
        {importLimits.bytes / 1e6} MB, {importLimits.rows.toLocaleString('en')} rows,{' '}
        {importLimits.columns} columns and {importLimits.cell.toLocaleString('en')} characters in a
        cell.
      </ListItem>
      <ListItem>
        Each row needs an enrollment ID or a serial: by either of them a later import finds the same
        device, updates it and reports what changes. A new device also needs its platform, which
        follows from a model identifier.
      </ListItem>
      <ListItem>
        A row is imported whole or not at all. An empty cell changes nothing; a reading of “not
        known”, “N/A” or “—” says that somebody looked and could not tell.
      </ListItem>
      <ListItem>
        Readings carry your name and the time the file gives, such as its last check-in or last
        inventory; without one their age is unknown, and they count as stale. They never replace a
        later answer of the device.
      </ListItem>
      <ListItem>
        Units and the order of day and month are decided for each column. What a column leaves open,
        you are asked once.
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
            <TableTh visibleFrom="sm">Also understood</TableTh>
            <TableTh>Accepted</TableTh>
          </TableTr>
        </TableThead>
        <TableTbody>
          {importColumns.map(({ label, aliases, column }) => (
            <TableTr key={label}>
              <TableTd>{label}</TableTd>
              <TableTd visibleFrom="sm">
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
  if (column.kind === 'reading') return acceptedInFile(column.field)
  if (column.kind === 'mdmServer') return 'the name or short name of an MDM server'
  return 'a time such as 2026-03-02T09:00:00Z; without a zone it is asked for'
}
