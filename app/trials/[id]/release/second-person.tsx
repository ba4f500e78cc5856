import { Alert, List, ListItem, Stack, Text } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { CounterSigned, SecondPerson } from '@/lib/core/release/second-person'

type Props = {
  second: SecondPerson
  counterSigned: CounterSigned | undefined
  /** The button to sign with. */
  children: React.ReactNode
}

/** Why two people release this command, and whose signature is missing. */
export function SecondPersonNote({ second, counterSigned, children }: Props) {
  const stands = counterSigned !== undefined && counterSigned.lapsed === undefined
  return (
    <Alert
      variant="outline"
      color={stands ? 'green' : 'blue'}
      icon={<IconUsers aria-hidden />}
      title={stands ? 'Two people release this: counter-signed' : 'Two people release this'}
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{second.reason}</Text>
        {counterSigned ? <Signed {...counterSigned} /> : <Waiting second={second} />}
        {!stands && children}
      </Stack>
    </Alert>
  )
}

const Waiting = ({ second }: { second: SecondPerson }) => (
  <Text size="sm">
    It waits for the counter-signature of {second.byLead ? 'a lead' : 'a second person'}, who checks
    the same findings. Whoever counter-signs may not release it.
  </Text>
)

function Signed({ signature, lapsed }: CounterSigned) {
  const { byName, byRole, at } = signature
  return (
    <>
      <Text size="sm">
        <UserText>{byName}</UserText> ({byRole}) counter-signed <When at={at} />.
        {lapsed && ` It is no longer valid: ${lapsed.reason}`}
      </Text>
      {lapsed && lapsed.differences.length > 0 && (
        <List size="sm">
          {lapsed.differences.map((difference) => (
            <ListItem key={difference}>{difference}</ListItem>
          ))}
        </List>
      )}
    </>
  )
}
