'use client'

import { Button, Group, Paper, Text, Title } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { useReady } from '@/components/forms/ready-form'
import { useAction } from '@/components/forms/use-action'
import { cancelReleaseAction } from '../actions'
import { clockSpan } from '../observe/spans'
import { useTicking } from '../server-clock'
import classes from '../trial.module.css'

type Props = {
  trialId: string
  ordinal: number
  /** "Command 2" or "Declaration 2". */
  name: string
  declaration: boolean
  /** ISO 8601, by the server's clock. */
  holdEndsAt: string
  serverNow: string
  reason: string | undefined
  /** Whether the MDM server has not answered of late. */
  silent: boolean
}

/**
 * The hold: the last moments in which it can be taken back. It stays at the lower edge of the screen, where a
 * thumb is, and moves nothing else. The server decides, the clock only shows.
 */
export function Hold(props: Props) {
  const { trialId, ordinal, name, declaration, holdEndsAt, serverNow, reason, silent } = props
  const now = useTicking(serverNow)
  const { busy, refusal, run } = useAction()
  const ready = useReady()
  const leftMs = Date.parse(holdEndsAt) - (now?.getTime() ?? Date.parse(serverNow))
  const mayNot = reason ?? (leftMs > 0 || silent ? undefined : 'The hold is over.')
  return (
    <Paper withBorder p="sm" component="section" aria-label="Hold" className={classes.hold ?? ''}>
      <Group justify="space-between" className={`${classes.holdLine} ${classes.heldNow}`}>
        <div>
          <Title order={2} size="h5">
            Held: {name.toLowerCase()}
          </Title>
          <Text fw={700} role="timer" aria-label="Time until it is sent">
            {leftMs > 0 ? clockSpan(leftMs) : 'the hold is over; it is being sent'}
          </Text>
        </div>
        <Button
          size="md"
          variant="outline"
          color="red"
          loading={busy}
          disabled={!ready || mayNot !== undefined}
          title={mayNot}
          onClick={() => run(() => cancelReleaseAction({ trialId, ordinal }))}
        >
          Cancel the release
        </Button>
      </Group>
      <Text size="sm" visibleFrom="sm" mt={4}>
        Nothing has left yet: if you see a mistake, cancel now. The hold runs in real time, also for
        a virtual device; then{' '}
        {declaration ? 'the declaration is attached to the device' : 'the command is sent'}, once,
        whether this page is open or not.
      </Text>
      {silent && (
        <Text size="sm" mt={4}>
          The MDM server does not answer. What is held waits, is checked again and is sent when the
          server answers; it can be cancelled until then.
        </Text>
      )}
      {refusal && <Refusal title="Not cancelled" reason={refusal.reason} />}
    </Paper>
  )
}

type HoldPlaceProps = {
  /** The name of what is held now, such as "Command 2". */
  held: string | undefined
  /** Whether the hold, once over, leaves its place taken. */
  keeps: boolean
  children: ReactNode
}

/**
 * The place of a hold. After the hold has ended it stays until it is closed, so that a press meant for
 * "Cancel the release" meets nothing else.
 */
export function HoldPlace({ held, keeps, children }: HoldPlaceProps) {
  const [last, setLast] = useState(held)
  if (held !== undefined && held !== last) setLast(held)
  if (held !== undefined) return children
  if (last === undefined || !keeps) return null
  return <HoldOver name={last} close={() => setLast(undefined)} />
}

const HoldOver = ({ name, close }: { name: string; close: () => void }) => (
  <Paper withBorder p="sm" component="section" aria-label="Hold" className={classes.hold ?? ''}>
    <Group justify="space-between" className={classes.holdLine ?? ''}>
      <div>
        <Title order={2} size="h5">
          {name}: hold over
        </Title>
        <Text size="sm" role="status">
          See Delivery for what became of it.
        </Text>
      </div>
      <Button size="md" variant="default" onClick={close}>
        Close
      </Button>
    </Group>
  </Paper>
)
