import { Container } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { EmptyState } from '@/components/data/empty-state'
import { TextLink } from '@/components/data/links'
import { currentActor } from '@/lib/auth/actor'
import { shownText } from '@/lib/domain/text/typed-text'
import { paths } from '@/lib/paths'

/** Shown with status 403 where the guard has refused a page. */
export default async function Forbidden() {
  const actor = await currentActor()
  return (
    <Container size="sm" py="xl">
      <EmptyState
        title="This page needs another role"
        order={1}
        icon={IconLock}
        action={<TextLink href={paths.home()}>Go to the home page</TextLink>}
      >
        {actor ? `You are signed in as ${shownText(actor.name)} with the role ${actor.role}. ` : ''}
        An admin of this lab can give you another role, under People.
      </EmptyState>
    </Container>
  )
}
