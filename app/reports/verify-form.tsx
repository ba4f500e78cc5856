'use client'

import { Alert, Button, Group, List, ListItem, Stack, Text } from '@mantine/core'
import { IconCircleCheck, IconFileZip } from '@tabler/icons-react'
import { useState, useTransition } from 'react'
import { Refusal } from '@/components/data/refusal'
import { UserText } from '@/components/data/text'
import { FileField } from '@/components/forms/file-field'
import { ReadyForm } from '@/components/forms/ready-form'
import type { Verified } from '@/lib/core/record/frozen/verify-file'
import { maxFrozenBytes } from '@/lib/domain/report/frozen-report'
import { exactTime } from '@/lib/domain/text/instant'
import { paths } from '@/lib/paths'

type Answer = Exclude<Verified, { status: 'refused' }>

/** Sends a file to be compared with what was frozen, and says what it is. */
export function VerifyForm() {
  const [file, setFile] = useState<File | null>(null)
  const [no, setNo] = useState<string>()
  const [answer, setAnswer] = useState<Answer>()
  const [pending, start] = useTransition()
  const forget = () => {
    setNo(undefined)
    setAnswer(undefined)
  }
  const send = () => {
    forget()
    if (!file) return setNo('Choose a file first.')
    if (file.size > maxFrozenBytes)
      return setNo(
        `This file is larger than ${maxFrozenBytes / 1024 / 1024} MiB, and no frozen report is.`,
      )
    start(async () => {
      const result = await verify(file)
      if (typeof result === 'string') setNo(result)
      else setAnswer(result)
    })
  }
  return (
    <Stack gap="sm" maw={820}>
      <ReadyForm
        aria-label="Verify a file"
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        <Group align="flex-end" gap="sm">
          <FileField
            label="File"
            leftSection={<IconFileZip size={16} aria-hidden />}
            value={file}
            onChange={(chosen) => {
              forget()
              setFile(chosen)
            }}
          />
          <Button type="submit" loading={pending}>
            Verify
          </Button>
        </Group>
      </ReadyForm>
      {no && <Refusal title="Not verified" reason={no} />}
      {answer && <Result answer={answer} />}
    </Stack>
  )
}

async function verify(file: File): Promise<Answer | string> {
  try {
    const response = await fetch(paths.verifyReport(file.name), { method: 'POST', body: file })
    if (!response.ok) return (await response.text()).trim()
    // Written by app/reports/verify/route.ts of the same build.
    return (await response.json()) as Answer
  } catch {
    return 'No answer came from the server. The file was compared with nothing: try again.'
  }
}

type Of = { name: string; title: string; frozenAt: string; frozenBy: string }

const Report = ({ of }: { of: Of }) => (
  <>
    <b>{of.name}</b> “<UserText>{of.title}</UserText>”, frozen {exactTime(new Date(of.frozenAt))} by{' '}
    <UserText>{of.frozenBy}</UserText>
  </>
)

function Result({ answer }: { answer: Answer }) {
  const hash = (
    <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
      SHA-256 {answer.sha256}
    </Text>
  )
  if (answer.status === 'unknown')
    return (
      <Refusal title="Not known here" reason={answer.reason}>
        {hash}
      </Refusal>
    )
  if (answer.status === 'altered')
    return (
      <Refusal title="Altered" reason="This is not what was frozen.">
        <Report of={answer.of} />
        <Names title="Altered" names={answer.altered} />
        <Names title="Missing" names={answer.missing} />
        <Names title="Not in the frozen report" names={answer.added} />
        {hash}
      </Refusal>
    )
  if (answer.status === 'differs')
    return (
      <Refusal
        title="Altered, or of another report"
        reason={`A file named ${answer.name} was frozen with another content.`}
      >
        <Several of={answer.of} />
        {hash}
      </Refusal>
    )
  return (
    <Alert
      role="status"
      color="green"
      variant="outline"
      icon={<IconCircleCheck aria-hidden />}
      title="Unaltered"
    >
      {answer.status === 'whole' && (
        <Text size="sm" component="div">
          Byte for byte <Report of={answer.of} />
        </Text>
      )}
      {answer.status === 'repacked' && (
        <Text size="sm" component="div">
          Every file is unaltered since it was frozen; the ZIP itself was packed again.{' '}
          <Report of={answer.of} />
        </Text>
      )}
      {answer.status === 'part' && (
        <>
          <Text size="sm">
            Byte for byte the file <code>{answer.name}</code> of
          </Text>
          <Several of={answer.of} />
        </>
      )}
      {hash}
    </Alert>
  )
}

const Several = ({ of }: { of: readonly Of[] }) => (
  <List size="sm">
    {of.map((one) => (
      <ListItem key={one.name}>
        <Report of={one} />
      </ListItem>
    ))}
  </List>
)

function Names({ title, names }: { title: string; names: readonly string[] }) {
  if (names.length === 0) return null
  return (
    <div>
      {title}:
      <List size="sm">
        {names.map((name) => (
          <ListItem key={name}>
            <UserText>{name}</UserText>
          </ListItem>
        ))}
      </List>
    </div>
  )
}
