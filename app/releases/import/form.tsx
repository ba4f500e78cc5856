'use client'

import { Alert, Button, Group, List, ListItem, Stack, TextInput } from '@mantine/core'
import { IconCircleCheck, IconJson } from '@tabler/icons-react'
import { unstable_rethrow } from 'next/navigation'
import { useState, useTransition } from 'react'
import { TextLink } from '@/components/data/links'
import { Refusal } from '@/components/data/refusal'
import { FileField } from '@/components/forms/file-field'
import { ReadyForm } from '@/components/forms/ready-form'
import type { ImportedFeed } from '@/lib/core/catalogue/import-feed'
import { feedInfo } from '@/lib/domain/catalogue/feed'
import { paths } from '@/lib/paths'
import { importFeedAction } from './actions'

type Props = { today: string; reason: string | undefined }
type No = { reason: string; problems?: readonly { path: string; reason: string }[] }

const noAnswer: No = {
  reason: 'No answer came from the server. Look at the releases before you import the file again.',
}

/** A feed and the day it was taken from its source; it is imported whole or refused with every problem. */
export function ImportFeedForm({ today, reason }: Props) {
  const [file, setFile] = useState<File | null>(null)
  const [readOn, setReadOn] = useState(today)
  const [no, setNo] = useState<No>()
  const [done, setDone] = useState<ImportedFeed>()
  const [pending, start] = useTransition()

  const send = () => {
    if (!file) return setNo({ reason: 'Choose a file first.' })
    const form = new FormData()
    form.set('file', file)
    form.set('readOn', readOn)
    start(async () => {
      setNo(undefined)
      setDone(undefined)
      const result = await importFeedAction(form).catch((error: unknown) => {
        // Next sends people to sign-in by throwing.
        unstable_rethrow(error)
        return { status: 'refused' as const, ...noAnswer }
      })
      if (result.status === 'imported') setDone(result)
      else setNo(result)
    })
  }

  return (
    <Stack gap="md">
      <ReadyForm
        aria-label="Import a feed"
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        <Group align="flex-end" gap="sm">
          <FileField
            label="File"
            placeholder="Choose a JSON file"
            accept=".json,application/json"
            leftSection={<IconJson size={16} aria-hidden />}
            value={file}
            onChange={(chosen) => {
              setNo(undefined)
              setDone(undefined)
              setFile(chosen)
            }}
          />
          <TextInput
            type="date"
            label="Day it was taken (UTC)"
            value={readOn}
            max={today}
            required
            onChange={({ currentTarget }) => setReadOn(currentTarget.value)}
            w={{ base: '100%', sm: 220 }}
          />
          <Button type="submit" loading={pending} disabled={reason !== undefined} title={reason}>
            Import
          </Button>
        </Group>
      </ReadyForm>
      {reason && <Refusal title="You can view this, but not import" reason={reason} />}
      {no && (
        <Refusal
          title="Not imported"
          reason={no.problems?.map(({ path, reason }) => `${path} ${reason}.`) ?? no.reason}
        >
          {no.problems &&
            'The file is kept with these problems. What was imported before stays in use.'}
        </Refusal>
      )}
      {done && <Imported made={done} />}
    </Stack>
  )
}

function Imported({ made }: { made: ImportedFeed }) {
  const { kind, scope, facts, unchanged, newerReadOn, remarks } = made
  return (
    <Alert
      role="status"
      color="green"
      variant="outline"
      icon={<IconCircleCheck aria-hidden />}
      title={`Imported as ${feedInfo[kind].label}${scope && ` (${scope})`}`}
    >
      {unchanged
        ? 'The copy before it has the same content; the day it was read is now this one.'
        : `${facts} facts.`}{' '}
      {newerReadOn && `The copy of ${newerReadOn} is newer and stays in use.`}
      {remarks.length > 0 && (
        <List size="sm" mt="xs">
          {remarks.map((remark) => (
            <ListItem key={remark}>{remark}</ListItem>
          ))}
        </List>
      )}{' '}
      <TextLink href={paths.releases()} size="sm">
        Go to the releases
      </TextLink>
    </Alert>
  )
}
