import { Anchor, Text } from '@mantine/core'
import { FrontDoor } from '@/components/front-door'

/**
 * For who follows a link from another site: the browser keeps the strict session cookie back on that
 * request. A step from this page is one of our own and brings it along; only then is it asked who comes.
 */
export function OneMoment({ onward }: { onward: string }) {
  return (
    <FrontDoor title="One moment">
      <meta httpEquiv="refresh" content={`0; url=${onward}`} />
      <Text size="sm">
        <Anchor href={onward}>Go on</Anchor> if nothing happens.
      </Text>
    </FrontDoor>
  )
}
