'use client'

import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconMessageQuestion } from '@tabler/icons-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { useReady } from '@/components/forms/ready-form'
import { useAction } from '@/components/forms/use-action'
import type { Environment } from '@/lib/domain/device/device'
import { paths } from '@/lib/paths'
import { startQueryRunAction } from './actions'
import type { QueryFilter } from './schema'

type Props = {
  /** How many devices the filters find. */
  count: number
  filter: QueryFilter
  environment: Environment
  /** Why it cannot be done; undefined where it can. */
  reason: string | undefined
}

/** Queries all devices of the list, once or in a window before a planned release. */
export function QueryMany({ count, reason, ...what }: Props) {
  const ready = useReady()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button
        variant="default"
        disabled={!ready || reason !== undefined}
        title={reason}
        leftSection={<IconMessageQuestion size={16} aria-hidden />}
        onClick={() => setOpen(true)}
      >
        Query all {count}…
      </Button>
      {open && <Dialog count={count} {...what} onClose={() => setOpen(false)} />}
    </>
  )
}

const leftOutNotice = (count: number) => ({
  title: count === 1 ? '1 device is not queried' : `${count} devices are not queried`,
  message: 'Each is retired, not enrolled, or at no MDM server.',
})

type DialogProps = Omit<Props, 'reason'> & { onClose: () => void }

function Dialog({ count, filter, environment, onClose }: DialogProps) {
  const router = useRouter()
  const { busy, refusal, run, forget } = useAction()
  const [keeps, setKeeps] = useState(false)
  const [from, setFrom] = useState('')
  const [until, setUntil] = useState('')
  // What is typed is the time of this browser.
  const window = keeps ? { from: new Date(from), until: new Date(until) } : undefined
  const isChosen = !keeps || (from !== '' && until !== '')
  const begin = () =>
    run(
      () => startQueryRunAction({ environment, filter, window }),
      ({ runId, leftOut }) => {
        if (leftOut > 0) notifications.show(leftOutNotice(leftOut))
        router.push(paths.queryRuns({ environment, run: runId }))
      },
    )
  const isWrong = refusal?.field?.startsWith('window') ?? false
  return (
    <Modal
      opened
      onClose={onClose}
      title={count === 1 ? 'Query this device?' : `Query these ${count} devices?`}
      centered
    >
      <Stack gap="sm">
        <Text size="sm">
          Each is sent DeviceInformation, SecurityInfo, AvailableOSUpdates and OSUpdateStatus, one
          after the other, and none of them changes a device. Five devices of each MDM server are
          queried at a time. It goes on when you close this page.
        </Text>
        <Checkbox
          label="Keep their readings fresh in a window, such as before a planned release"
          checked={keeps}
          onChange={({ currentTarget }) => setKeeps(currentTarget.checked)}
        />
        {keeps && (
          <Group grow align="flex-start">
            <TextInput
              type="datetime-local"
              label="From"
              value={from}
              error={isWrong}
              onChange={({ currentTarget }) => {
                forget()
                setFrom(currentTarget.value)
              }}
            />
            <TextInput
              type="datetime-local"
              label="Until"
              description="At most 4 hours later"
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              value={until}
              error={isWrong}
              onChange={({ currentTarget }) => {
                forget()
                setUntil(currentTarget.value)
              }}
            />
          </Group>
        )}
        {refusal && <Refusal title="Not begun" reason={refusal.reason} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button
            onClick={begin}
            loading={busy}
            disabled={!isChosen}
            title={isChosen ? undefined : 'Choose the start and the end.'}
          >
            {keeps ? 'Keep them fresh' : 'Query'}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
