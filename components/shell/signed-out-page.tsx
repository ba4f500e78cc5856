import { Center, Paper, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

/** Around the pages that need no session. */
export function SignedOutPage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Center component="main" mih="100dvh" p="sm">
      <Stack w="100%" maw={400} gap="md">
        <Stack gap={2}>
          <Text fw={700} size="lg">
            Oneway
          </Text>
          <Text size="sm" c="dimmed">
            The lab notebook and safety interlock for OS-update trials that cannot be taken back
          </Text>
        </Stack>
        <Paper withBorder p="md">
          <Stack gap="md">
            <Title order={1} size="h3">
              {title}
            </Title>
            {children}
          </Stack>
        </Paper>
      </Stack>
    </Center>
  )
}
