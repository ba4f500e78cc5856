import { Badge } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'

/** How a state looks: its word, its shape, and only then its colour. */
export type StatusLook = { word: string; icon: Icon; color: string; meaning: string }

type Props = { look: StatusLook; children?: ReactNode }

/** The word stays in the page's own ink, which reads well in light and dark; the colour is in the shape. */
export function Status({ look, children }: Props) {
  const Shape = look.icon
  return (
    <Badge
      variant="default"
      size="md"
      radius="sm"
      tt="none"
      fw={600}
      title={look.meaning}
      leftSection={<Shape size={14} color={inkOf(look.color)} aria-hidden />}
      style={{ flexShrink: 0 }}
    >
      {children ?? look.word}
    </Badge>
  )
}

const inkOf = (color: string) => `var(--mantine-color-${color}-text)`
