'use client'

import {
  Button,
  Checkbox,
  FileButton,
  Group,
  List,
  ListItem,
  NumberInput,
  Stack,
  Text,
  Textarea,
} from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconUsb } from '@tabler/icons-react'
import { useState } from 'react'
import classes from '@/components/data/data-table.module.css'
import { Refusal } from '@/components/data/refusal'
import { TableHead } from '@/components/data/table-head'
import { DrawerForm } from '@/components/forms/drawer-form'
import { useAction } from '@/components/forms/use-action'
import type { UsbPreview } from '@/lib/core/devices/read-usb'
import { printText } from '@/lib/domain/reading/usb-print'
import { exactTime } from '@/lib/domain/text/instant'
import { keepUsbAction, previewUsbAction } from '../actions'

type Props = { deviceId: string; reason: string | undefined }

/** Readings from what a tool printed over USB: external power and the exact disk are in no MDM answer. */
export function UsbReadings({ deviceId, reason }: Props) {
  return (
    <DrawerForm label="Read over USB" icon={IconUsb} reason={reason} size="lg">
      {(close) => <UsbForm deviceId={deviceId} onDone={close} />}
    </DrawerForm>
  )
}

const commands = `ideviceinfo -u UDID -x
ideviceinfo -u UDID -q com.apple.mobile.battery -x
ideviceinfo -u UDID -q com.apple.disk_usage -x`

/** What is pasted stays in the form until it is kept, and is no draft: it holds names and numbers of people. */
function UsbForm({ deviceId, onDone }: { deviceId: string; onDone: () => void }) {
  const { busy, refusal, problem, run, forget } = useAction()
  const [text, setText] = useState('')
  const [minutesAgo, setMinutesAgo] = useState<number>()
  const [vouched, setVouched] = useState(false)
  const [preview, setPreview] = useState<UsbPreview>()
  // A preview holds for what was given: another answer asks for another one.
  const change = (act: () => void) => {
    act()
    forget()
    setPreview(undefined)
  }
  const given = { deviceId, text, minutesAgo, vouched }
  const add = async (files: File[]) => {
    const texts = await Promise.all(
      files.map(
        async (file) =>
          printText(new Uint8Array(await file.arrayBuffer())) ?? `${file.name} is not a text.`,
      ),
    )
    change(() => setText((before) => [before, ...texts].filter(Boolean).join('\n')))
  }
  const keep = () =>
    run(
      () => keepUsbAction(given),
      ({ count }) => {
        const readings = count === 1 ? 'One reading' : `${count} readings`
        notifications.show({
          title: `${readings} saved`,
          message: 'Each says that it was read over USB.',
        })
        change(() => setText(''))
        onDone()
      },
    )
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        Paste or drop what <code>ideviceinfo -x</code>, <code>cfgutil --format JSON get all</code>{' '}
        or <code>pymobiledevice3 lockdown info</code> prints; several prints of this device, one
        after the other. Only what a trial needs is kept.
      </Text>
      <Textarea
        label="What was printed"
        placeholder={commands}
        value={text}
        onChange={({ currentTarget: { value } }) => change(() => setText(value))}
        onDrop={(event) => {
          const files = [...event.dataTransfer.files]
          if (files.length === 0) return
          event.preventDefault()
          void add(files)
        }}
        error={problem('text')}
        minRows={8}
        maxRows={16}
        autosize
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
      />
      <FileButton onChange={(files) => void add(files)} accept=".plist,.json,.xml,.txt" multiple>
        {(props) => (
          <Button {...props} variant="default" size="xs" style={{ alignSelf: 'flex-start' }}>
            Add files
          </Button>
        )}
      </FileButton>
      <NumberInput
        label="Printed how many minutes ago"
        description="Nothing: by the device’s clock, which only the default domain prints"
        value={minutesAgo ?? ''}
        onChange={(value) =>
          change(() => setMinutesAgo(typeof value === 'number' ? value : undefined))
        }
        error={problem('minutesAgo')}
        min={0}
        allowDecimal={false}
      />
      <Checkbox
        label="The parts that name no device were printed for this one, by its UDID"
        checked={vouched}
        onChange={({ currentTarget: { checked } }) => change(() => setVouched(checked))}
        error={problem('vouched')}
      />
      {refusal && !['text', 'minutesAgo', 'vouched'].includes(refusal.field ?? '') && (
        <Refusal title="Nothing was saved" reason={refusal.reason} />
      )}
      {preview && <Preview preview={preview} />}
      <Group>
        {preview ? (
          <Button onClick={keep} loading={busy}>
            Save the readings
          </Button>
        ) : (
          <Button onClick={() => run(() => previewUsbAction(given), setPreview)} loading={busy}>
            Preview
          </Button>
        )}
        <Button variant="subtle" onClick={onDone}>
          Cancel
        </Button>
      </Group>
    </Stack>
  )
}

/** What would be stored, and what the print says beside it. */
const Preview = ({ preview: { rows, answeredAt, notes } }: { preview: UsbPreview }) => (
  <section aria-label="Preview">
    <Text size="sm">Read at {exactTime(answeredAt)}. Nothing is saved yet.</Text>
    <table className={classes.table}>
      <TableHead labels={['Reading', 'Value', 'Counts']} />
      <tbody>
        {rows.map(({ field, label, value, current }) => (
          <tr key={field}>
            <td data-label="Reading">{label}</td>
            <td data-label="Value">{value}</td>
            <td data-label="Counts">{current ? 'from now on' : 'no: a later answer stays'}</td>
          </tr>
        ))}
      </tbody>
    </table>
    <List size="sm" mt="xs">
      {notes.map((note) => (
        <ListItem key={note}>{note}</ListItem>
      ))}
    </List>
  </section>
)
