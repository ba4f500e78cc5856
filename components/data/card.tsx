import { Paper, Stack, Title } from '@mantine/core'
import type { ReactNode } from 'react'

/** A framed section of a page with a heading, and a landmark of the same name. */
export function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Stack gap="sm">
        <Title order={2} size="h4">
          {title}
        </Title>
        {children}
      </Stack>
    </Paper>
  )
}
