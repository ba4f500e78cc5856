import { List, ListItem, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { DeviceRecord } from '@/lib/core/record/read-record'
import { type HeldDeclaration, installItems } from '@/lib/domain/declaration/standing'
import {
  claimsInWords,
  claimsNote,
  declarationInWords,
} from '@/lib/domain/declaration/status-claims'
import { paths } from '@/lib/paths'

type Found = Pick<DeviceRecord, 'declarations' | 'asked'>

/** What the device says of updates and declarations; nothing is drawn for one that has never spoken of any. */
export function Declarations({ declarations, asked }: Found) {
  const { standing, own, verdict } = declarations
  const items = newestReports(declarations)
  if (items.length + asked.length + standing.declarations.length + standing.asked.length === 0)
    return null
  return (
    <section aria-label="Declarative management">
      <Title order={2} size="h4" mb="xs">
        Declarative management
      </Title>
      <Stack gap="xs">
        {(items.length > 0 || standing.declarations.length > 0) && (
          <Text size="sm">
            {claimsNote} A device reports what has changed, so each line has the time of its own
            report.
          </Text>
        )}
        {verdict && (
          <Text size="sm" fw={500}>
            <UserText>{verdictInWords(verdict)}</UserText>
          </Text>
        )}
        <List listStyleType="none" spacing={6}>
          {items.map(({ words, at, event }) => (
            <Line key={event} at={at} event={event}>
              The device reports: <UserText>{words}</UserText>
            </Line>
          ))}
          {standing.declarations.map((one) => (
            <Line key={`${one.kind} ${one.identifier}`} at={one.at} event={one.event}>
              The device reports: <UserText>{declarationInWords(one)}</UserText>
              <Whose own={own} declaration={one} />
            </Line>
          ))}
          {standing.asked.map(({ identifier, at }) => (
            <Line key={`asked ${identifier}`} at={at}>
              Asked for the configuration <UserText>{identifier}</UserText>, and has not reported on
              it since
            </Line>
          ))}
          {asked.map(({ kind, at, rawEventId }) => (
            <Line key={kind} at={at} event={rawEventId}>
              Last asked {askedWords[kind]}
            </Line>
          ))}
        </List>
      </Stack>
    </section>
  )
}

/** The newest of each item; those of one report are one line, as a state and its update are read together. */
function newestReports({ standing, own }: Found['declarations']) {
  const newest = installItems.flatMap((item) => {
    const found = standing.newest[item]
    return found ? [{ item, ...found }] : []
  })
  const nameOf = (identifier: string) =>
    own.has(identifier) ? `${identifier} (of this lab)` : identifier
  const reports = new Map(newest.map(({ event, at }) => [event, at]))
  return [...reports].map(([event, at]) => {
    const items = newest.filter((one) => one.event === event)
    const claims = Object.fromEntries(items.map(({ item, value }) => [item, value]))
    return { event, at, words: claimsInWords(claims, nameOf).join('; ') }
  })
}

const askedWords = {
  tokens: 'whether its declarations have changed',
  items: 'for the list of its declarations',
}

type Verdict = NonNullable<Found['declarations']['verdict']>

/** As rule Q9 reads it, unless a person has entered something newer. */
function verdictInWords({ active, reason, declarations }: Verdict): string {
  if (active === undefined)
    return `Whether a software-update declaration is active is open: ${reason}.`
  if (!active) return 'No software-update declaration is active, by its own report.'
  const names = declarations.map(
    ({ identifier, own }) =>
      `${identifier ?? 'one that the device does not name'} (of ${own ? 'this lab' : 'another program'})`,
  )
  return `A software-update declaration is active: ${names.join(', ')}.`
}

type WhoseProps = { own: Found['declarations']['own']; declaration: HeldDeclaration }

function Whose({ own, declaration: { identifier, unlistedAt } }: WhoseProps) {
  const found = own.get(identifier)
  return (
    <Text span size="sm" c="dimmed">
      {', '}
      {!found && 'not of this lab'}
      {found && (
        <>
          of this lab
          {found.trialId && (
            <>
              {', '}
              <TextLink href={paths.trial(found.trialId)} size="sm">
                T-{found.trialNumber}
              </TextLink>
            </>
          )}
        </>
      )}
      {unlistedAt && (
        <>
          ; a later report, which is not a full one, does not list it: <When at={unlistedAt} />
        </>
      )}
    </Text>
  )
}

type LineProps = { at: Date; event?: number; children: ReactNode }

const Line = ({ at, event, children }: LineProps) => (
  <ListItem>
    <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
      {children}
    </Text>
    <Text size="xs" c="dimmed">
      <When at={at} />
      {event !== undefined && (
        <>
          {' in '}
          <TextLink href={paths.event(event)} size="xs">
            event {event}
          </TextLink>
        </>
      )}
    </Text>
  </ListItem>
)
