import { Paper, Stack, Text, Title } from '@mantine/core'
import { ContradictionText } from '@/components/trial/contradiction-text'
import { enter } from '@/lib/auth/door'
import {
  findReplyCheck,
  listContradictionsOfEvent,
  type ReplyCheck,
} from '@/lib/db/queries/events/contradictions'
import { deviceFirst } from '@/lib/domain/contradiction/finding'

/** What this reply has that is not as Apple documents it; nothing where it was no reply to a command. */
export async function EventContradictions({ eventId }: { eventId: number }) {
  const { db } = await enter('look')
  const [check, found] = await Promise.all([
    findReplyCheck(db, eventId),
    listContradictionsOfEvent(db, eventId),
  ])
  if (!check) return null
  return (
    <Paper withBorder p="md" component="section" aria-label="Against Apple's documents">
      <Title order={2} size="h4" mb="xs">
        Against Apple's documents
      </Title>
      <Stack gap="sm">
        <Text size="sm">{inWords(check, found.length)}</Text>
        {deviceFirst(found).map((shown) => (
          <ContradictionText key={shown.id} shown={shown} />
        ))}
      </Stack>
    </Paper>
  )
}

function inWords(check: ReplyCheck, found: number): string {
  const { requestType, platform, osVersion, notCompared, judged, leftOut, documentation } = check
  if (notCompared !== null) return `Nothing was compared: ${notCompared}.`
  const what = `The answer to ${requestType} of a device on ${platform} ${osVersion} was compared at ${judged.length} places with ${documentation}.`
  if (found === 0) return `${what} All of it is as documented.`
  return leftOut === 0 ? what : `${what} ${leftOut} more findings are left out.`
}
