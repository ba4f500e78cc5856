import { Anchor, Container } from '@mantine/core'
import { IconMapQuestion } from '@tabler/icons-react'
import Link from 'next/link'
import { EmptyState } from '@/components/empty-state'
import { paths } from '@/lib/paths'

export default function NotFound() {
  return (
    <Container size="sm" py="xl">
      <EmptyState
        title="There is nothing here"
        icon={IconMapQuestion}
        action={
          <Anchor component={Link} href={paths.home()}>
            Go to the devices
          </Anchor>
        }
      >
        The address may be mistyped. Nothing in Oneway is ever deleted, so a page that was here
        still is: look for it in its list.
      </EmptyState>
    </Container>
  )
}
