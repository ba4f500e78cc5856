import { Badge, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { shownText } from '@/lib/domain/text/typed-text'
import type { TextRun } from '@/lib/domain/text/word-difference'
import type { FieldDifference } from '@/lib/domain/trial/plan-difference'
import classes from './difference.module.css'

type Props = { fields: FieldDifference[]; from: number; to: number }

/** The fields that differ: what was removed is struck out and in brackets with −, what was added is underlined with +. */
export function Difference({ fields, from, to }: Props) {
  if (fields.length === 0)
    return (
      <Text size="sm">
        {from === to
          ? 'Choose two versions.'
          : `Versions ${from} and ${to} say the same in every field.`}
      </Text>
    )
  return (
    <Stack component="section" gap="sm" aria-label={`From version ${from} to version ${to}`}>
      <Text size="sm" c="dimmed">
        {fields.length === 1 ? 'One field differs' : `${fields.length} fields differ`}. What only
        version {from} says is struck out and begins with −, what only version {to} says is
        underlined and begins with +.
      </Text>
      {fields.map(({ label, change, runs }) => (
        <Paper key={label} withBorder p="sm">
          <Group gap="xs" mb={4}>
            <Title order={2} size="sm">
              {label}
            </Title>
            <Badge variant="default" radius="sm" tt="none" size="sm">
              {change}
            </Badge>
          </Group>
          <Text size="sm" className={classes.text}>
            {numbered(runs).map(({ number, run }) => (
              <Run key={number} {...run} />
            ))}
          </Text>
        </Paper>
      ))}
    </Stack>
  )
}

/** The same words may stand twice; the place tells them apart. */
const numbered = (runs: readonly TextRun[]) => runs.map((run, number) => ({ number, run }))

function Run({ kind, text }: TextRun) {
  if (kind === 'same') return shownText(text)
  if (kind === 'removed')
    return (
      <del className={classes.removed}>
        −&nbsp;<span className={classes.struck}>{shownText(text)}</span>
      </del>
    )
  return (
    <ins className={classes.added}>
      +&nbsp;<span className={classes.underlined}>{shownText(text)}</span>
    </ins>
  )
}
