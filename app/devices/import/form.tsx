'use client'

import { Button, Group, Select, Stack } from '@mantine/core'
import { IconFileTypeCsv } from '@tabler/icons-react'
import { useRouter } from 'next/navigation'
import { useState, useTransition } from 'react'
import { Refusal } from '@/components/data/refusal'
import { ShownEnvironment } from '@/components/data/shown-environment'
import { FileField } from '@/components/forms/file-field'
import { ReadyForm } from '@/components/forms/ready-form'
import type { ImportPreview } from '@/lib/core/devices/import/import-devices'
import type { FileChoices, HeaderMapping } from '@/lib/domain/import/questions'
import { paths } from '@/lib/paths'
import { badRowsAction, importDevicesAction, previewImportAction } from './actions'
import { Columns } from './columns'
import { download } from './download'
import { Preview } from './preview'
import { Questions } from './questions'

type Server = { value: string; label: string; simulated: boolean }
type Props = { servers: Server[]; reason: string | undefined }

/** What a person says of a file; it stays when a preview is refused. */
type Said = { server: string | null; choices: FileChoices; mapping: HeaderMapping | undefined }
const nothingSaid: Said = { server: null, choices: {}, mapping: undefined }

/** A file, what it would do, what it leaves open, and only then the import. */
export function ImportForm({ servers, reason }: Props) {
  const router = useRouter()
  const [file, setFile] = useState<File | null>(null)
  const [said, setSaid] = useState(nothingSaid)
  const [preview, setPreview] = useState<ImportPreview>()
  const [refusal, setRefusal] = useState<string>()
  const [pending, start] = useTransition()

  const send = (of: Said, act: (form: FormData) => Promise<void>) => {
    if (!file) return setRefusal('Choose a file first.')
    const form = formOf(file, of)
    start(async () => {
      setRefusal(undefined)
      await act(form)
    })
  }
  const look = (of: Said) =>
    send(of, async (form) => {
      const result = await previewImportAction(form)
      if (result.status === 'refused') return setRefusal(result.reason)
      setPreview(result)
    })
  // A preview holds for what was said of its file: another answer asks for another preview.
  const say = (change: Partial<Said>) => {
    const next = { ...said, ...change }
    setSaid(next)
    if (preview) look(next)
  }
  const apply = ({ hash }: ImportPreview) =>
    send(said, async (form) => {
      form.set('hash', hash)
      const result = await importDevicesAction(form)
      if (result.status === 'refused') return setRefusal(result.reason)
      const { environment, importId } = result
      router.push(paths.devices({ environment, import: importId, sort: 'added', dir: 'desc' }))
    })
  const fetchBad = () =>
    send(said, async (form) => {
      const result = await badRowsAction(form)
      if (result.status === 'refused') return setRefusal(result.reason)
      download('not-imported.csv', result.csv)
    })

  return (
    <Stack gap="md">
      {servers.some(({ value, simulated }) => simulated && value === said.server) && (
        <ShownEnvironment environment="simulated" />
      )}
      <ReadyForm
        aria-label="Import"
        onSubmit={(event) => {
          event.preventDefault()
          look(said)
        }}
      >
        <Group align="flex-end" gap="sm">
          <FileField
            label="File"
            accept=".csv,.tsv,.txt,text/csv,text/plain"
            leftSection={<IconFileTypeCsv size={16} aria-hidden />}
            value={file}
            onChange={(chosen) => {
              setPreview(undefined)
              setRefusal(undefined)
              setSaid({ ...nothingSaid, server: said.server })
              setFile(chosen)
            }}
          />
          <Select
            label="New devices are enrolled at"
            placeholder="no MDM server"
            data={servers.map(({ value, label }) => ({ value, label }))}
            value={said.server}
            onChange={(server) => say({ server })}
            clearable
            w={{ base: '100%', sm: 260 }}
          />
          <Button
            type="submit"
            variant={preview ? 'default' : 'filled'}
            loading={pending && !preview}
            disabled={reason !== undefined}
            title={reason}
          >
            Preview
          </Button>
        </Group>
      </ReadyForm>
      {reason && <Refusal title="You can view this, but not import" reason={reason} />}
      {refusal && (
        <Refusal title="Nothing was imported" reason={refusal}>
          {file && 'Change the file or the answers below and preview it again.'}
        </Refusal>
      )}
      {preview && (
        <>
          <Questions
            questions={preview.questions}
            choices={said.choices}
            onChoose={(change) => say({ choices: { ...said.choices, ...change } })}
          />
          <Columns
            preview={preview}
            onMap={(change) => say({ mapping: { ...preview.mapping, ...said.mapping, ...change } })}
          />
          <Preview
            preview={preview}
            pending={pending}
            onApply={() => apply(preview)}
            onFetchBad={fetchBad}
          />
        </>
      )}
    </Stack>
  )
}

function formOf(file: File, { server, choices, mapping }: Said): FormData {
  const form = new FormData()
  form.set('file', file)
  form.set('mdmServerId', server ?? '')
  form.set('choices', JSON.stringify(choices))
  if (mapping) form.set('mapping', JSON.stringify(mapping))
  return form
}
