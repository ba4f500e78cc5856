'use client'

import { Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useReady } from '@/components/forms/ready-form'
import { WaiveModal } from './opened'
import type { Waivable } from './waive-modal'

type Props = {
  trialId: string
  ordinal: number
  findings: Waivable[]
  /** Why it is not for this person. */
  reason: string | undefined
}

/** The lab's own rules that fail here, which a lead may set aside for this trial by a signature. */
export function Waivers({ findings, ...props }: Props) {
  return (
    <Stack gap="xs">
      {findings.map((finding) => (
        <Group key={finding.ruleId} gap="xs" wrap="nowrap" align="flex-start">
          <WaiveButton finding={finding} {...props} />
          <Text size="sm">
            {finding.title}. A lead may set it aside for this trial: {finding.waivable}
            {props.reason && ` ${props.reason}`}
          </Text>
        </Group>
      ))}
    </Stack>
  )
}

function WaiveButton(props: Omit<Props, 'findings'> & { finding: Waivable }) {
  const { trialId, ordinal, reason, finding } = props
  const [asking, setAsking] = useState(false)
  const ready = useReady()
  return (
    <>
      <Button
        size="xs"
        variant="default"
        miw={110}
        disabled={!ready || reason !== undefined}
        title={reason}
        onClick={() => setAsking(true)}
      >
        Waive {finding.ruleId}…
      </Button>
      {asking && <WaiveModal {...{ trialId, ordinal, finding }} onClose={() => setAsking(false)} />}
    </>
  )
}
