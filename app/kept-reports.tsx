'use client'

import { Button, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { When } from '@/components/data/when'
import { useReady } from '@/components/forms/ready-form'
import { useAction } from '@/components/forms/use-action'
import type { ReadReports } from '@/lib/core/ingest/read-kept-reports'
import { reportsInWords } from '@/lib/domain/declaration/kept-reports'
import { readKeptReportsAction } from './devices/actions'

type Props = {
  deviceId: string
  /** The program that keeps the reports. */
  name: string
  refusal: string | undefined
}

/** Reads the status reports that a server has kept of a device, for those that the webhook did not bring. */
export function KeptReports({ deviceId, name, refusal }: Props) {
  const ready = useReady()
  const { busy, refusal: refused, run } = useAction()
  const [read, setRead] = useState<ReadReports>()
  return (
    <Stack gap="xs" align="flex-start">
      <Button
        size="xs"
        variant="default"
        loading={busy}
        disabled={!ready || refusal !== undefined}
        title={refusal ?? 'Reads only; nothing is sent to the device'}
        onClick={() => run(() => readKeptReportsAction(deviceId), setRead)}
      >
        Read the reports that {name} has kept
      </Button>
      {refused && <Refusal title="Not read" reason={refused.reason} />}
      {read && (
        <Text size="sm" role="status" style={{ overflowWrap: 'anywhere' }}>
          Read from {read.name} <When at={read.at} />: {reportsInWords(read)}.
        </Text>
      )}
    </Stack>
  )
}
