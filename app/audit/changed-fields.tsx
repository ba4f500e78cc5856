import { Text } from '@mantine/core'
import { UserText } from '@/components/data/text'

/** Of more fields than this only the number is shown; the CSV has them all. */
const max = 12
const longest = 160

/** What changed, field by field; of a new row what it holds. */
export function ChangedFields({ before, after }: { before: unknown; after: unknown }) {
  const [old, is] = [fieldsOf(before), fieldsOf(after)]
  const names = [...new Set([...Object.keys(old), ...Object.keys(is)])].filter(
    (name) => before !== null || is[name] !== null,
  )
  return (
    <div style={{ overflowWrap: 'anywhere' }}>
      {names.slice(0, max).map((name) => (
        <Text key={name} size="xs">
          <b>{name}</b>{' '}
          <UserText>
            {[
              ...(before === null ? [] : [shown(old[name])]),
              ...(after === null ? [] : [shown(is[name])]),
            ].join(' → ')}
          </UserText>
        </Text>
      ))}
      {names.length > max && (
        <Text size="xs" c="dimmed">
          and {names.length - max} more fields
        </Text>
      )}
    </div>
  )
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {}

function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}
