import { Box, Button } from '@mantine/core'
import { IconQrcode } from '@tabler/icons-react'
import { type DeviceParams, labelsForm, onlyFilters, readColumns } from '@/app/device-query'
import { ExportLinks } from '@/components/data/export-links'
import type { Db } from '@/lib/db/client'
import { currentCustodies } from '@/lib/db/queries/devices/custody'
import { currentFieldValues, type FieldValueRow } from '@/lib/db/queries/devices/custom-fields'
import type { ListedDevice } from '@/lib/db/queries/devices/device-list'
import { type CustomField, valueInWords } from '@/lib/domain/device/custom-field'
import type { Environment } from '@/lib/domain/device/device'
import { paths } from '@/lib/paths'
import type { CustomColumns, ShownCustody, ShownDevice } from './device-table'

/** The custom fields that the address asks for, and their values of the shown devices. */
export async function customColumns(
  db: Db,
  fields: readonly CustomField[],
  params: DeviceParams,
  rows: readonly ListedDevice[],
): Promise<CustomColumns> {
  const wanted = readColumns(params.columns)
  const shown = fields.filter(({ id }) => wanted.includes(id))
  if (shown.length === 0) return { fields: [], values: {} }
  const values = await currentFieldValues(
    db,
    rows.map(({ id }) => id),
  )
  const textsOf = (own: ReadonlyMap<string, FieldValueRow>) =>
    Object.fromEntries(
      shown.map((field) => {
        const value = own.get(field.id)?.value
        return [field.id, value == null ? '' : valueInWords(field, value)]
      }),
    )
  return {
    fields: shown,
    values: Object.fromEntries([...values].map(([id, own]) => [id, textsOf(own)])),
  }
}

/** Without what the table does not show: each field is sent to the browser for every row. */
export function shownOf({ serial, retiredAt, osBuild, ...shown }: ListedDevice): ShownDevice {
  return { ...shown, osBuild: osBuild?.value }
}

/** Who has each of the shown devices, and whom it waits for. */
export async function custodyOf(db: Db, rows: readonly ListedDevice[]): Promise<ShownCustody> {
  const found = await currentCustodies(
    db,
    rows.map(({ id }) => id),
  )
  return Object.fromEntries(
    [...found].map(([id, { open, pending }]) => [
      id,
      {
        holder: open && { name: open.holderName, place: open.place, since: open.since },
        waitsFor: pending?.toName,
      },
    ]),
  )
}

type FileProps = { address: DeviceParams; environment: Environment }

/** The devices of the list as a file that an import takes back. */
export function DeviceFile({ address, environment }: FileProps) {
  return (
    <Box mt="md">
      <ExportLinks
        title="Export"
        links={[
          {
            name: 'Devices',
            href: (form) => paths.exportDevices({ ...onlyFilters(address), environment, ...form }),
          },
        ]}
      />
    </Box>
  )
}

/** The devices that are selected in the list, or all that the filters find, as labels to print. */
export function LabelsForm({ address, environment }: FileProps) {
  return (
    <form id={labelsForm} method="get" action={paths.deviceLabels()} aria-label="Labels">
      {Object.entries({ ...onlyFilters(address), environment }).map(
        ([name, value]) => value && <input key={name} type="hidden" name={name} value={value} />,
      )}
      <Button type="submit" variant="default" leftSection={<IconQrcode size={16} aria-hidden />}>
        Labels
      </Button>
    </form>
  )
}
