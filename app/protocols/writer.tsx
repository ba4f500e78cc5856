'use client'

import { Alert, List, ListItem, Stack, Text } from '@mantine/core'
import { IconFileImport } from '@tabler/icons-react'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { UserText } from '@/components/data/text'
import { FileField } from '@/components/forms/file-field'
import { useReady } from '@/components/forms/ready-form'
import { useAction } from '@/components/forms/use-action'
import { readProtocolFileAction } from './actions'
import { ProtocolEditor, type ProtocolEditorProps } from './editor'
import type { ProtocolText } from './schema'

type Read = { name: string; typed: ProtocolText; claims: readonly string[] }

/** The editor, into which a file can be read: what is in it is shown there and saved by hand, as a draft. */
export function ProtocolWriter(props: ProtocolEditorProps) {
  const [read, setRead] = useState<Read>()
  const saves = props.basedOn ? `version ${props.basedOn + 1}` : 'a new protocol'
  return (
    <Stack gap="lg">
      <ReadFile onRead={setRead} saves={saves} />
      {read && (
        <Alert
          color="blue"
          variant="outline"
          maw={860}
          title={<UserText>{`Read from ${read.name}`}</UserText>}
        >
          Nothing is saved yet: look it over below, then save it. It becomes a draft, {saves}, which
          a lead reviews before its first use.
          {read.claims.length > 0 && (
            <>
              {' '}
              The file also names claims, which have other numbers in this lab. Choose those that
              you mean:
              <List size="sm">
                {read.claims.map((claim) => (
                  <ListItem key={claim}>
                    <UserText>{claim}</UserText>
                  </ListItem>
                ))}
              </List>
            </>
          )}
        </Alert>
      )}
      <ProtocolEditor
        {...props}
        key={read?.name ?? ''}
        {...(read && { initial: read.typed, begun: `file/${read.name}` })}
      />
    </Stack>
  )
}

/** Larger ones do not reach the action. */
const maxBytes = 400_000

type ReadFileProps = { saves: string; onRead(read: Read): void }

function ReadFile({ saves, onRead }: ReadFileProps) {
  const ready = useReady()
  const { busy, refusal, run, forget } = useAction()
  const choose = (file: File | null) => {
    forget()
    if (!file) return
    const act = async () =>
      file.size > maxBytes
        ? {
            status: 'refused' as const,
            reason: 'A protocol is at most 400 KB; this file is larger.',
          }
        : readProtocolFileAction({ text: await file.text() })
    run(act, (result) => onRead({ ...result, name: file.name }))
  }
  return (
    <Stack gap={4} maw={860}>
      <FileField
        label="Import a file"
        description={`A protocol that was exported from Oneway, as ${saves}. It is shown before anything is saved.`}
        accept="application/json,.json"
        leftSection={<IconFileImport size={16} aria-hidden />}
        onChange={choose}
        disabled={!ready || busy}
        w="100%"
        maw={420}
      />
      {refusal && <Refusal title="Not read" reason={refusal.reason} />}
      <Text size="xs" c="dimmed">
        The schema of such a file is in docs/protocol-file.schema.json of the program.
      </Text>
    </Stack>
  )
}
