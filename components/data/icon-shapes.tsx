import type { Icon } from '@tabler/icons-react'
import classes from './status.module.css'

const idOf = ({ displayName }: Icon) => `icon-${displayName}`

/**
 * The shapes of the icons that a table draws in its rows, once for all of them: an icon with its own shape is about 500 bytes,
 * and a list has hundreds.
 */
export const IconShapes = ({ icons }: { icons: readonly Icon[] }) => (
  <svg className={classes.shapes} aria-hidden>
    {[...new Set(icons)].map((Shape) => (
      <symbol key={idOf(Shape)} id={idOf(Shape)} viewBox="0 0 24 24">
        <Shape />
      </symbol>
    ))}
  </svg>
)

type Props = { icon: Icon; color?: string; drawn?: boolean | undefined }

/** An icon beside a word. With `drawn`, its shape stands in the `IconShapes` of the same page. */
export function SmallIcon({ icon: Shape, color, drawn }: Props) {
  if (!drawn) return <Shape size={14} {...(color !== undefined && { color })} aria-hidden />
  return (
    <svg className={classes.icon} {...(color !== undefined && { style: { color } })} aria-hidden>
      <use href={`#${idOf(Shape)}`} />
    </svg>
  )
}
