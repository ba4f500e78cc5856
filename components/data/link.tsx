import NextLink from 'next/link'
import type { ComponentProps } from 'react'

/**
 * A link inside Oneway, read when it is followed. Next would ask for each link in sight beforehand, forty requests on a
 * page, and get nothing: no page here has a part that is the same for everybody.
 */
export function Link(props: ComponentProps<typeof NextLink>) {
  return <NextLink prefetch={false} {...props} />
}
