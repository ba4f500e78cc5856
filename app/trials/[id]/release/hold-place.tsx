'use client'

import { Button, Group, Paper, Text, Title } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import classes from '../trial.module.css'

type Props = {
  /** The command that is held now. */
  held: number | undefined
  /** Whether the hold, once over, leaves its place taken. */
  keeps: boolean
  children: ReactNode
}

/**
 * The place of a hold. After the hold ended it stays taken until somebody closes it, so that a press meant for
 * "Cancel the release" meets nothing else.
 */
export function HoldPlace({ held, keeps, children }: Props) {
  const [last, setLast] = useState(held)
  if (held !== undefined && held !== last) setLast(held)
  if (held !== undefined) return children
  if (last === undefined || !keeps) return null
  return <HoldOver ordinal={last} close={() => setLast(undefined)} />
}

const HoldOver = ({ ordinal, close }: { ordinal: number; close: () => void }) => (
  <Paper withBorder p="sm" component="section" aria-label="Hold" className={classes.hold ?? ''}>
    <Group justify="space-between" className={classes.holdLine ?? ''}>
      <div>
        <Title order={2} size="h5">
          Command {ordinal}: hold over
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
