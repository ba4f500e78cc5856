'use client'

import { Popover, PopoverDropdown, PopoverTarget } from '@mantine/core'
import { Refusal } from '@/components/data/refusal'
import classes from '../trial.module.css'

type Props = { title: string; reason: string; onDismiss: () => void }

/** Over the page, beside the button that it is placed in one box with: a refusal moves no button of the bench from under a finger. */
export const RefusedPopover = ({ title, reason, onDismiss }: Props) => (
  <Popover
    opened
    onDismiss={onDismiss}
    position="bottom-end"
    width={320}
    withRoles={false}
    withinPortal
  >
    <PopoverTarget>
      <span className={classes.queryPlace} />
    </PopoverTarget>
    <PopoverDropdown p={0}>
      <Refusal title={title} reason={reason} />
    </PopoverDropdown>
  </Popover>
)
