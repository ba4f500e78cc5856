'use client'

import { Alert, Button, FileInput, Group, Select, Stack } from '@mantine/core'
import { IconCircleCheck, IconFileTypeCsv } from '@tabler/icons-react'
import { useState, useTransition } from 'react'
import { TextLink } from '@/components/links'
import { ReadyForm } from '@/components/ready-form'
import { Refusal } from '@/components/refusal'
import { paths } from '@/lib/paths'
import type { Imported, ImportPreview } from '@/lib/services/import-devices'
import { importDevicesAction, previewImportAction } from './actions'
import { Preview } from './preview'

type Props = { servers: { value: string; label: string }[]; because: string | undefined }

/** A file, what it would do, and only then the deed. */
export function ImportForm({ servers, because }: Props) {
  const [file, setFile] = useState<File | null>(null)
  const [server, setServer] = useState<string | null>(null)
  const [preview, setPreview] = useState<ImportPreview>()
  const [imported, setImported] = useState<Imported>()
  const [refusal, setRefusal] = useState<string>()
  const [pending, start] = useTransition()

  // What a preview said holds for its own file and server only.
  const forget = () => {
    setPreview(undefined)
    setImported(undefined)
    setRefusal(undefined)
  }
  const send = (act: (form: FormData) => Promise<void>) => {
    if (!file) return setRefusal('Choose a file first.')
    const form = new FormData()
    form.set('file', file)
    form.set('mdmServerId', server ?? '')
    start(async () => {
      setRefusal(undefined)
      await act(form)
    })
  }
  const look = () =>
    send(async (form) => {
      setImported(undefined)
      const result = await previewImportAction(form)
      setPreview(result.status === 'preview' ? result : undefined)
      if (result.status === 'refused') setRefusal(result.because)
    })
  const apply = ({ hash }: ImportPreview) =>
    send(async (form) => {
      form.set('hash', hash)
      const result = await importDevicesAction(form)
      if (result.status === 'refused') return setRefusal(result.because)
      setPreview(undefined)
      setImported(result)
    })

  return (
    <Stack gap="md">
      <ReadyForm
        aria-label="Import"
        onSubmit={(event) => {
          event.preventDefault()
          look()
        }}
      >
        <Group align="flex-end" gap="sm">
          <FileInput
            label="CSV file"
            placeholder="Choose a file"
            accept=".csv,.tsv,.txt,text/csv"
            leftSection={<IconFileTypeCsv size={16} aria-hidden />}
            value={file}
            onChange={(chosen) => {
              forget()
              setFile(chosen)
            }}
            clearable
            w={{ base: '100%', sm: 320 }}
          />
          <Select
            label="New devices are enrolled at"
            placeholder="no MDM server"
            data={servers}
            value={server}
            onChange={(value) => {
              forget()
              setServer(value)
            }}
            clearable
            w={{ base: '100%', sm: 260 }}
          />
          <Button
            type="submit"
            variant={preview ? 'default' : 'filled'}
            loading={pending && !preview}
            disabled={because !== undefined}
            title={because}
          >
            Look at what it would do
          </Button>
        </Group>
      </ReadyForm>
      {because && <Refusal title="You can look, not import" because={because} />}
      {refusal && (
        <Refusal title="Nothing was imported" because={refusal}>
          Mend the file or look at the preview again.
        </Refusal>
      )}
      {imported && <Done imported={imported} />}
      {preview && <Preview preview={preview} pending={pending} onApply={() => apply(preview)} />}
    </Stack>
  )
}

function Done({ imported: { added, changed, unchanged, leftOut } }: { imported: Imported }) {
  return (
    <Alert
      color="green"
      variant="outline"
      title="Imported"
      icon={<IconCircleCheck aria-hidden />}
      role="status"
    >
      {added} added, {changed} changed, {unchanged} as they were, {leftOut} bad rows left out.{' '}
      <TextLink href={paths.devices()} size="sm">
        Go to the devices
      </TextLink>
    </Alert>
  )
}
