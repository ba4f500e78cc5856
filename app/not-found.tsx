import { Container } from '@mantine/core'
import { IconMapQuestion } from '@tabler/icons-react'
import { EmptyState } from '@/components/data/empty-state'
import { TextLink } from '@/components/data/links'
import { paths } from '@/lib/paths'

export default function NotFound() {
  return (
    <Container size="sm" py="xl">
      <EmptyState
        title="Page not found"
        order={1}
        icon={IconMapQuestion}
        action={<TextLink href={paths.home()}>Go to the home page</TextLink>}
      >
        The address may be mistyped. Nothing in Oneway is ever deleted, so a page that existed still
        does: look for it in its list.
      </EmptyState>
    </Container>
  )
}
