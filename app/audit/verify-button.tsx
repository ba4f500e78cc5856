'use client'

import { Alert, Button, List, ListItem, Stack, Text } from '@mantine/core'
import { useState, useTransition } from 'react'
import { Refusal } from '@/components/data/refusal'
import { paths } from '@/lib/paths'

type Verified = {
  entries: number
  head: { seq: number; hash: string }
  broken?: { seq: number; reason: string }
  mismatches: { table: string; row: string; reason: string; fields: string[] }[]
}

/** Walks the whole chain on the server and says what it found. */
export function VerifyButton() {
  const [busy, start] = useTransition()
  const [verified, setVerified] = useState<Verified>()
  const [problem, setProblem] = useState<string>()
  const verify = () =>
    start(async () => {
      const response = await fetch(paths.verifyTrail())
      setVerified(response.ok ? await response.json() : undefined)
      setProblem(response.ok ? undefined : await response.text())
    })
  return (
    <Stack gap="xs" align="flex-start">
      <Button size="xs" loading={busy} onClick={verify}>
        Verify the chain
      </Button>
      {problem && <Refusal reason={problem} />}
      {verified && <Found verified={verified} />}
    </Stack>
  )
}

function Found({ verified: { entries, head, broken, mismatches } }: { verified: Verified }) {
  if (!broken && mismatches.length === 0)
    return (
      <Alert color="green" variant="outline" title="The chain holds" role="status">
        {entries} entries, each on the one before, up to {head.hash}. Every record is what the trail
        says.
      </Alert>
    )
  return (
    <Alert color="red" variant="outline" title="The record was altered" role="alert">
      {broken && (
        <Text size="sm">
          Entry {broken.seq}: {broken.reason}.
        </Text>
      )}
      <List size="sm">
        {mismatches.map(({ table, row, reason, fields }) => (
          <ListItem key={`${table} ${row}`}>
            {table} {row}: {reason}
            {fields.length > 0 && ` (${fields.join(', ')})`}.
          </ListItem>
        ))}
      </List>
    </Alert>
  )
}
