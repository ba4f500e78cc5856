import { shownPieces } from '@/lib/domain/text/typed-text'
import classes from './text.module.css'

/**
 * Text that a person or a device has given: kept apart, so that letters written from right to left cannot
 * turn the words around it. Signs that hide or turn letters are named instead of obeyed.
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
