'use client'

import { Alert, Text } from '@mantine/core'
import { Refusal } from '@/components/data/refusal'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { late, useLate } from '@/components/forms/late'

const table = late(() => import('./differences-table'))

/** Why this press released nothing, although it was not refused. */
export type Unreleased =
  | { status: 'alreadyReleased'; by: string; at: Date; state: string }
  | { status: 'changed'; differences: string[] }

export function ReleaseAnswer({ answer }: { answer: Unreleased }) {
  if (answer.status === 'alreadyReleased')
    return (
      <Refusal title="Already released" reason={`${answer.by} released it; it is ${answer.state}.`}>
        <When at={answer.at} exact />. Nothing was sent a second time.
      </Refusal>
    )
  return (
    <Alert
      role="alert"
      color="orange"
      variant="outline"
      title="Not released: something has changed"
      w="100%"
    >
      <Differences sentences={answer.differences} />
      <Text size="sm" mt="xs">
        The findings below are current. Check them, then release again.
      </Text>
    </Alert>
  )
}

/** Side by side in a table; until that is loaded, and if it cannot be, as sentences. */
function Differences({ sentences }: { sentences: string[] }) {
  const loaded = useLate(table, true)
  if (loaded) return <loaded.DifferencesTable sentences={sentences} />
  return sentences.map((sentence) => (
    <Text key={sentence} size="sm">
      <UserText>{sentence}</UserText>
    </Text>
  ))
}
