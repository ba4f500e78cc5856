'use client'

import {
  Button,
  Group,
  Stack,
  Table,
  TableTbody,
  TableTd,
  TableTh,
  TableThead,
  TableTr,
  Text,
} from '@mantine/core'
import { Refusal } from '@/components/data/refusal'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { EditConflict } from '@/lib/core/devices/save-device'

type Props = {
  conflict: EditConflict['conflict']
  onOverrule: (at: Date) => void
  onDiscard: () => void
}

/** Somebody saved first: both versions side by side, and the choice. */
export function Conflict({ conflict, onOverrule, onDiscard }: Props) {
  const loadTheirs = () => {
    onDiscard()
    window.location.reload()
  }
  const { by, at, differences } = conflict
  return (
    <Refusal
      title="Not saved: somebody else saved first"
      reason={`${by} saved this device while you edited it.`}
    >
      <Stack gap="xs">
        <Text size="xs">
          Saved <When at={at} exact />
        </Text>
        {differences.length > 0 && (
          <Table highlightOnHover={false}>
            <TableThead>
              <TableTr>
                <TableTh>Field</TableTh>
                <TableTh>Saved by {by}</TableTh>
                <TableTh>Yours</TableTh>
              </TableTr>
            </TableThead>
            <TableTbody>
              {differences.map(({ label, theirs, yours }) => (
                <TableTr key={label}>
                  <TableTd>{label}</TableTd>
                  <TableTd>{theirs ? <UserText>{theirs}</UserText> : 'empty'}</TableTd>
                  <TableTd>{yours ? <UserText>{yours}</UserText> : 'empty'}</TableTd>
                </TableTr>
              ))}
            </TableTbody>
          </Table>
        )}
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={() => onOverrule(at)}>
            Overwrite with mine
          </Button>
          <Button size="xs" variant="subtle" onClick={loadTheirs}>
            Discard mine, load theirs
          </Button>
        </Group>
      </Stack>
    </Refusal>
  )
}
