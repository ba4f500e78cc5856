'use client'

import { Group, SegmentedControl, SimpleGrid, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { paths } from '@/lib/paths'
import type { LabView } from '@/lib/virtual-lab/control-client'
import { Refusal } from './refusal'
import { type ActOnDevice, VirtualDevice } from './virtual-device'

type Result = { status: string; because?: string }

type Props = {
  /** Why the controls are not this person's. */
  because: string | undefined
  act: ActOnDevice
  setSpeed(speed: number): Promise<Result>
  /** Only this device; all of them without it. */
  only?: string | undefined
}

const everyMs = 2000
const key = ['virtual-lab']

async function look(): Promise<LabView> {
  const answer = await fetch(paths.virtualLab())
  const body: LabView & { error?: string } = await answer.json()
  if (!answer.ok) throw new Error(body.error ?? `the answer was ${answer.status}`)
  return body
}

/** The virtual devices as they really are, looked at every two seconds, and what can be done to them. */
export function VirtualLabPanel({ because, act, setSpeed, only }: Props) {
  const queries = useQueryClient()
  const { data, error } = useQuery({ queryKey: key, queryFn: look, refetchInterval: everyMs })
  const lookAgain = () => queries.invalidateQueries({ queryKey: key })
  const tell = async (deed: Promise<Result>) => {
    const result = await deed
    if (result.status === 'refused')
      notifications.show({ color: 'red', title: 'Not done', message: result.because })
    await lookAgain()
  }
  if (error)
    return (
      <Refusal title="The virtual lab does not answer" because={error.message}>
        It is started by npm start; look at its output, and start again.
      </Refusal>
    )
  if (!data) return <Text size="sm">Looking at the virtual lab …</Text>
  const devices = data.devices.filter(({ enrollmentId }) => !only || enrollmentId === only)
  return (
    <Stack gap="md">
      <Group gap="sm">
        <Text size="sm" fw={600}>
          The lab’s clock runs
        </Text>
        <SegmentedControl
          aria-label="Speed of the virtual clock"
          data={['1', '20', '60', '600'].map((value) => ({ value, label: `${value}×` }))}
          value={String(data.clock.speed)}
          disabled={because !== undefined}
          onChange={(speed) => void tell(setSpeed(Number(speed)))}
        />
        {because && <Text size="sm">{because}</Text>}
      </Group>
      <SimpleGrid cols={only ? 1 : { base: 1, sm: 2, lg: 3 }}>
        {devices.map((device) => (
          <VirtualDevice
            key={device.enrollmentId}
            device={device}
            because={because}
            act={(input) => tell(act(input))}
          />
        ))}
      </SimpleGrid>
    </Stack>
  )
}
