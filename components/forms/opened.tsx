'use client'

import { type ComponentType, useEffect } from 'react'
import { type Late, late, useLate } from './late'
import classes from './opened.module.css'

type Opens = { onClose(): void }

/**
 * A dialog, or fields, whose code is loaded after the page: shown from a press until `onClose`, as if the code had been there
 * from the beginning. Closed, it gives the focus back to what was pressed.
 * @param load brings the component itself
 */
export function opened<P extends Opens>(
  load: () => Promise<ComponentType<P>>,
): ComponentType<P> & Pick<Late<ComponentType<P>>, 'have'> {
  const part = late(load)
  function Opened(props: P) {
    const Loaded = useLate(part, true, props.onClose)
    useFocusBack()
    return Loaded ? <Loaded {...props} /> : <OnItsWay />
  }
  return Object.assign(Opened, { have: part.have })
}

/** Over the page, after a moment: what it stands for is mostly there at once. */
const OnItsWay = () => (
  <span role="status" className={classes.onItsWay}>
    Loading…
  </span>
)

/** Once this is gone and the focus with it, back to where it was before. */
function useFocusBack(): void {
  useEffect(() => {
    const before = document.activeElement
    return () => {
      const { activeElement, body } = document
      const isLost = activeElement === null || activeElement === body
      if (isLost && before instanceof HTMLElement) before.focus({ preventScroll: true })
    }
  }, [])
}
