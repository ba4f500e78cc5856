import { Checkbox, Stack } from '@mantine/core'
import { noticeTopics, topics } from '@/lib/domain/notice/topics'

type Props = {
  value: readonly string[]
  onChange: (value: string[]) => void
  error: string | undefined
}

/** The topics of notices, each with when it is sent. */
export const TopicChoice = ({ value, onChange, error }: Props) => (
  <Checkbox.Group label="Topics" value={[...value]} onChange={onChange} error={error}>
    <Stack gap="xs" mt="xs">
      {topics.map((topic) => (
        <Checkbox
          key={topic}
          value={topic}
          label={noticeTopics[topic].label}
          description={noticeTopics[topic].when}
        />
      ))}
    </Stack>
  </Checkbox.Group>
)
