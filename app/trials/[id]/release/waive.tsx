'use client'

import { Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useReady } from '@/components/forms/ready-form'
import { TypedReason } from '@/components/forms/typed-reason'
import { useTypedAction } from '@/components/forms/use-action'
import { waiveAction } from '../actions'
import { SignModal } from './sign-modal'

type Waivable = { ruleId: string; title: string; reason: string; waivable: string }
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
  const { trialId, ordinal, reason: obstacle, finding } = props
  const { ruleId } = finding
  const action = useTypedAction(`trial/${trialId}/waive/${ruleId}`)
  const { busy, refusal, run, forget, text: reason } = action
  const [asking, setAsking] = useState(false)
  const ready = useReady()
  return (
    <>
      <Button
        size="xs"
        variant="default"
        miw={110}
        disabled={!ready || obstacle !== undefined}
        title={obstacle}
        onClick={() => {
          forget()
          setAsking(true)
        }}
      >
        Waive {ruleId}…
      </Button>
      {asking && (
        <SignModal
          title={`Waive ${ruleId} for this trial?`}
          act="waive"
          verb="Waive"
          busy={busy}
          refusal={refusal}
          refusalTitle="Not waived"
          onClose={() => setAsking(false)}
          onSign={(proof) =>
            run(
              () => waiveAction({ trialId, ordinal, ruleId, reason, proof }),
              () => setAsking(false),
            )
          }
        >
          <Text size="sm">
            {finding.title}: {finding.reason}. It then only warns, in this trial alone, and you do
            not release it yourself.
          </Text>
          <TypedReason action={action} becomes="; it stands in the record and in every export" />
        </SignModal>
      )}
    </>
  )
}
