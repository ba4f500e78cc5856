import type { Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './status.module.css'

/** How a state looks: its word, its shape, and only then its colour. */
export type StatusLook = { word: string; icon: Icon; color: string; meaning: string }

type Props = { look: StatusLook; children?: ReactNode }

/** The word stays in the page's own ink, which reads well in light and dark; the colour is in the shape. */
export function Status({ look, children }: Props) {
  const Shape = look.icon
  return (
    <span className={classes.badge} title={look.meaning}>
      <Shape size={14} color={inkOf(look.color)} aria-hidden />
      <span>{children ?? look.word}</span>
    </span>
  )
}

const inkOf = (color: string) => `var(--mantine-color-${color}-text)`
