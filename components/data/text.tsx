import { shownPieces } from '@/lib/domain/text/typed-text'
import classes from './text.module.css'

/**
 * Text from a person or a device, isolated so that right-to-left letters cannot reorder the text around it.
 * Invisible and bidirectional characters are shown by name.
 */
export function UserText({ children }: { children: string | number | null | undefined }) {
  if (typeof children !== 'string') return <bdi>{children}</bdi>
  let at = 0
  return (
    <bdi>
      {shownPieces(children).map((piece) =>
        'plain' in piece ? (
          piece.plain
        ) : (
          <span
            key={`${piece.hidden}-${at++}`}
            className={classes.hidden}
            title="Invisible or bidirectional character"
          >
            {piece.hidden}
          </span>
        ),
      )}
    </bdi>
  )
}
