'use client'

import { Alert, Button, Group, List, ListItem, Stack, TextInput } from '@mantine/core'
import { IconFileZip } from '@tabler/icons-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { UserText } from '@/components/data/text'
import { FileField } from '@/components/forms/file-field'
import { ReadyForm } from '@/components/forms/ready-form'
import { useAction } from '@/components/forms/use-action'
import type {
  importLabReport,
  LabReportFound,
} from '@/lib/core/record/lab-report/import-lab-report'
import type { Refusal as Refused } from '@/lib/core/shared/result'
import { maxLabReportBytes } from '@/lib/domain/report/lab-report'
import { maxLabName } from '@/lib/domain/settings'
import { exactTime } from '@/lib/domain/text/instant'
import { paths } from '@/lib/paths'

const refused = (reason: string): Refused => ({ status: 'refused', reason })

/** Sends the file and reads the answer, which a route of the same build wrote. */
async function send<T>(
  file: File,
  about: { sha256?: string; labName?: string },
): Promise<T | Refused> {
  const response = await fetch(paths.otherLabFile(about), { method: 'POST', body: file })
  if (!response.ok) return refused((await response.text()).trim())
  // Written by app/reports/other-labs/file/route.ts.
  return (await response.json()) as T | Refused
}

type Imported = Exclude<Awaited<ReturnType<typeof importLabReport>>, Refused>

/** Reads a file of another lab, shows what an import does, and imports it under a name. */
export function ImportForm() {
  const [file, setFile] = useState<File | null>(null)
  const [found, setFound] = useState<LabReportFound>()
  const [done, setDone] = useState<string>()
  const { busy, refusal, run, forget: forgetRefusal } = useAction()
  const forget = () => {
    forgetRefusal()
    setFound(undefined)
    setDone(undefined)
  }
  const look = () =>
    run(async () => {
      forget()
      if (!file) return refused('Choose a file first.')
      if (file.size > maxLabReportBytes)
        return refused(
          `This file is larger than ${maxLabReportBytes / 1024 / 1024} MiB, and no report for other labs is.`,
        )
      return send<LabReportFound>(file, {})
    }, setFound)
  return (
    <Stack gap="sm" maw={820}>
      <ReadyForm
        aria-label="Read a report of another lab"
        onSubmit={(event) => {
          event.preventDefault()
          look()
        }}
      >
        <Group align="flex-end" gap="sm">
          <FileField
            label="File of another lab"
            leftSection={<IconFileZip size={16} aria-hidden />}
            value={file}
            onChange={(chosen) => {
              forget()
              setFile(chosen)
            }}
          />
          <Button type="submit" loading={busy}>
            Read it
          </Button>
        </Group>
      </ReadyForm>
      {refusal && <Refusal title="Not read" reason={refusal.reason} />}
      {found && file && (
        <Found
          key={found.sha256}
          {...{ found, file }}
          onDone={(name) => {
            forget()
            setFile(null)
            setDone(name)
          }}
        />
      )}
      {done !== undefined && (
        <Alert role="status" color="green" variant="outline" title="Imported">
          The trials of <UserText>{done}</UserText> are shown as those of another lab from now on.
        </Alert>
      )}
    </Stack>
  )
}

/** Under which name this lab is known already. */
function knownWords({ name, knownAs }: LabReportFound['lab']): string {
  if (knownAs === undefined) return ', of which nothing is here yet.'
  return knownAs === name ? ', as it is known here.' : `, which is known here as “${knownAs}”.`
}

type FoundProps = { found: LabReportFound; file: File; onDone: (name: string) => void }

function Found({ found, file, onDone }: FoundProps) {
  const { lab, report, environment, madeAt, trials, older, newer, sha256 } = found
  const router = useRouter()
  const [name, setName] = useState(lab.knownAs ?? lab.name)
  const { busy, refusal, problem, run } = useAction()
  const ofName = problem('labName')
  const keep = () =>
    run(
      () => send<Imported>(file, { sha256, labName: name }),
      () => {
        onDone(name)
        router.refresh()
      },
    )
  return (
    <Alert variant="outline" color="gray" title="What the file says">
      <List size="sm" mb="sm" aria-label="What the file says">
        <ListItem>
          It names its lab “<UserText>{lab.name}</UserText>”{knownWords(lab)}
        </ListItem>
        <ListItem>
          {report} of {exactTime(new Date(madeAt))}: {trials === 1 ? '1 trial' : `${trials} trials`}
          , {environment}.
        </ListItem>
        {older > 0 && (
          <ListItem>
            It replaces {older === 1 ? '1 older row' : `${older} older rows`} of the same trials.
          </ListItem>
        )}
        {newer > 0 && (
          <ListItem>For {newer} of its trials a newer row is here already, and is kept.</ListItem>
        )}
        <ListItem>
          It is intact: its rows match its manifest. Nothing shows who made it, so compare its
          SHA-256 with that lab through another channel:{' '}
          <code style={{ overflowWrap: 'anywhere' }}>{sha256}</code>
        </ListItem>
      </List>
      <ReadyForm
        aria-label="Import the report of another lab"
        onSubmit={(event) => {
          event.preventDefault()
          keep()
        }}
      >
        <Group align="flex-end" gap="sm">
          <TextInput
            label="Name of that lab here"
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            maxLength={maxLabName}
            error={ofName}
            required
            w={{ base: '100%', sm: 320 }}
          />
          <Button type="submit" loading={busy}>
            Import
          </Button>
        </Group>
        {refusal && !ofName && <Refusal title="Not imported" reason={refusal.reason} />}
      </ReadyForm>
    </Alert>
  )
}
