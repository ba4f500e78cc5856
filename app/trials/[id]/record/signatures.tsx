import { Badge, Code, Group, List, ListItem, Paper, Stack, Text, Title } from '@mantine/core'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { CheckedSignature } from '@/lib/core/kernel/sign'
import type { Trial } from '@/lib/db/queries/trials/trials'
import { actInWords, type EndOfForce, endOfForce } from '@/lib/domain/signature/signature'
import { signedNoun } from '@/lib/domain/trial/mechanism'
import type { SlotPlan } from '@/lib/domain/trial/protocol'

type Checked = { signatures: CheckedSignature[]; trial: Trial; slots: readonly SlotPlan[] }

/** Who signed what of this trial, and whether the record is still the one that was signed. */
export function CheckedSignatures({ signatures, trial, slots }: Checked) {
  if (signatures.length === 0) return null
  return (
    <Paper withBorder p="md" component="section" aria-label="Signatures">
      <Title order={2} size="h4" mb="sm">
        Signatures
      </Title>
      <Stack gap="sm" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {signatures.map((signature) => (
          <li key={signature.id}>
            <OneSignature
              signature={signature}
              slots={slots}
              end={endOfForce(signature, signatures, trial, signedNoun(slots, signature))}
            />
          </li>
        ))}
      </Stack>
    </Paper>
  )
}

type Props = Pick<Checked, 'slots'> & { signature: CheckedSignature; end: EndOfForce | undefined }

function OneSignature({ signature, slots, end }: Props) {
  const { act, meaning, byName, byRole, at, method, reason, slotOrdinal, differences, reset } =
    signature
  const holds = differences.length === 0
  const slot =
    slotOrdinal === null ? undefined : { noun: signedNoun(slots, signature), ordinal: slotOrdinal }
  const [color, state] = !holds
    ? ['red', 'broken']
    : end
      ? ['gray', 'no longer in force']
      : ['green', 'valid']
  return (
    <Stack gap={2}>
      <Group gap="xs">
        <Text size="sm" fw={600}>
          <UserText>{byName}</UserText> ({byRole})
        </Text>
        <Badge variant="outline" color={color} radius="sm" tt="none">
          {state}
        </Badge>
        {reset && (
          <Badge variant="outline" color="orange" radius="sm" tt="none">
            within 24 h after a reset
          </Badge>
        )}
      </Group>
      <Text size="sm">
        {actInWords(act, slot)} · meaning: {meaning}
      </Text>
      {reason && (
        <Text size="sm">
          “<UserText>{reason}</UserText>”
        </Text>
      )}
      <Text size="xs" c="dimmed">
        <When at={at} exact /> · by {method}
      </Text>
      {reset && <AfterReset reset={reset} />}
      {end && <Ended end={end} />}
      {!holds && <Broken differences={differences} />}
      <details>
        <summary>
          <Text span size="xs">
            What was signed
          </Text>
        </summary>
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          SHA-256 {signature.recordSha256}
        </Text>
        <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {signature.record}
        </Code>
      </details>
    </Stack>
  )
}

type Reset = NonNullable<CheckedSignature['reset']>

const AfterReset = ({ reset: { at, byName, removedSecondFactors } }: { reset: Reset }) => (
  <Text size="sm">
    An admin had reset the signer’s password{removedSecondFactors && ' and second factors'} at most
    24 hours before: link made by <UserText>{byName}</UserText>, used <When at={at} exact />
  </Text>
)

const Ended = ({ end: { words, byName, reason } }: { end: EndOfForce }) => (
  <Text size="sm">
    No longer in force: {words}
    {byName && (
      <>
        {' '}
        by <UserText>{byName}</UserText>
      </>
    )}
    {reason && (
      <>
        : “<UserText>{reason}</UserText>”
      </>
    )}
  </Text>
)

const Broken = ({ differences }: { differences: string[] }) => (
  <div role="alert">
    <Text size="sm" c="red">
      The record no longer matches what was signed:
    </Text>
    <List size="xs">
      {differences.map((difference) => (
        <ListItem key={difference} style={{ overflowWrap: 'anywhere' }}>
          <UserText>{difference}</UserText>
        </ListItem>
      ))}
    </List>
  </div>
)
