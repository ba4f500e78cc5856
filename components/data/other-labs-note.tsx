import { Text } from '@mantine/core'
import { IconBuildingCommunity } from '@tabler/icons-react'
import classes from './other-labs-note.module.css'
import { UserText } from './text'

/** What other labs say, set apart from what this lab saw: within a dashed line, beside a sign of its own. */
export const OtherLabsNote = ({ children }: { children: string }) => (
  <Text size="sm" component="div" className={classes.note}>
    <IconBuildingCommunity size={14} aria-hidden className={classes.sign} />
    <span>
      Other labs: <UserText>{children}</UserText>
    </span>
  </Text>
)
