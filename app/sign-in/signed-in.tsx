import { Anchor, Text } from '@mantine/core'
import { FrontDoor } from '@/components/front-door'

/**
 * The first page after the provider of single sign-on. The browser came from another site, so it has
 * kept the strict session cookie back; a step from this page is one of our own and brings it along.
 */
export function SignedIn({ onward }: { onward: string }) {
  return (
    <FrontDoor title="One moment">
      <meta httpEquiv="refresh" content={`0; url=${onward}`} />
      <Text size="sm">
        Back from the provider. <Anchor href={onward}>Go on</Anchor> if nothing happens.
      </Text>
    </FrontDoor>
  )
}
