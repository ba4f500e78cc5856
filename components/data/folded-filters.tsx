'use client'

import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconAdjustments } from '@tabler/icons-react'
import { type ReactNode, useId } from 'react'
import { useReady } from '../forms/ready-form'
import classes from './folded-filters.module.css'

type Props = {
  /** Whether one of them is set: they are always shown then, as a filter must never narrow unseen. */
  set: boolean
  children: ReactNode
}

/** The choices of a list beside its search: on a phone behind one button, on a wider screen always there. */
export function FoldedFilters({ set, children }: Props) {
  const [opened, { toggle }] = useDisclosure(false)
  const ready = useReady()
  const id = useId()
  return (
    <>
      {!set && (
        <Button
          className={classes.button ?? ''}
          variant="default"
          leftSection={<IconAdjustments size={16} aria-hidden />}
          onClick={toggle}
          disabled={!ready}
          aria-expanded={opened}
          aria-controls={id}
        >
          {opened ? 'Hide filters' : 'Filters'}
        </Button>
      )}
      <div id={id} className={classes.choices} data-opened={set || opened || undefined}>
        {children}
      </div>
    </>
  )
}
