import { Group } from '@mantine/core'
import { ButtonLink, TextLink } from './links'

/** The way through a list that runs from the newest row backwards; a link is there only where it leads somewhere. */
export const OlderRows = ({ newest, older }: Record<'newest' | 'older', string | undefined>) => (
  <Group justify="flex-end" mt="sm">
    {newest && <TextLink href={newest}>Newest</TextLink>}
    {older && (
      <ButtonLink href={older} variant="default" size="xs">
        Older
      </ButtonLink>
    )}
  </Group>
)
