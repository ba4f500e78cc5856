import { Anchor, Text } from '@mantine/core'
import { FrontDoor } from '@/components/shell/front-door'

type Props = { onward: string; fromProvider?: boolean }

/**
 * For who comes from another site, by a link or back from the provider of single sign-on: the browser
 * keeps the strict session cookie back on that request. A step from this page is one of our own and
 * brings it along; only then is it asked who comes.
 */
export function OneMoment({ onward, fromProvider = false }: Props) {
  return (
    <FrontDoor title="One moment">
      <meta httpEquiv="refresh" content={`0; url=${onward}`} />
      <Text size="sm">
        {fromProvider && 'Back from the provider. '}
        <Anchor href={onward}>Go on</Anchor> if nothing happens.
      </Text>
    </FrontDoor>
  )
}
