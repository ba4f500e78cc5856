import { Badge, Text, Title } from '@mantine/core'
import classes from '@/components/data/data-table.module.css'
import { TextLink } from '@/components/data/links'
import { LongTable } from '@/components/data/long-table'
import { UserText } from '@/components/data/text'
import type { CatalogueChange, ChangeKind } from '@/lib/domain/catalogue/changes'
import type { ChangeImpact } from '@/lib/domain/planning/change-impact'
import { paths } from '@/lib/paths'
import { dateInWords } from './words'

const kindWords: Record<ChangeKind, { label: string; color: string }> = {
  gone: { label: 'no longer listed', color: 'red' },
  unsigned: { label: 'restore image no longer signed', color: 'red' },
  sooner: { label: 'ends sooner', color: 'yellow' },
  later: { label: 'ends later', color: 'gray' },
  new: { label: 'newly listed', color: 'green' },
}

const shownChanges = 30
const shownModels = 6

/** What the newest copies changed for the lab's models, with the plans that each change touches. */
export const Changes = ({ impacts }: { impacts: readonly ChangeImpact[] }) => (
  <section aria-label="What changed">
    <Title order={2} size="h4">
      What changed
    </Title>
    <Text size="sm" c="dimmed" mb="xs">
      The newest copy of each feed beside the one before it, for the models of this lab, with the
      reservations, the trials not yet released and the entries of the verification calendar that
      rest on it.
    </Text>
    {impacts.length === 0 ? (
      <Text size="sm">
        Nothing for the models of this lab, or there is only one copy of each feed.
      </Text>
    ) : (
      <LongTable
        labels={['Version', 'Change', 'Models', 'Touches']}
        what="changes"
        rows={impacts
          .slice(0, shownChanges)
          .map((impact) => <Row key={JSON.stringify(impact.change)} impact={impact} />)}
      />
    )}
    {impacts.length > shownChanges && (
      <Text size="sm" c="dimmed">
        The first {shownChanges} of {impacts.length} changes, those that touch a plan first.
      </Text>
    )}
  </section>
)

const Row = ({ impact: { change, kept, trials, radars } }: { impact: ChangeImpact }) => (
  <tr>
    <td data-label="Version">
      <span className={classes.tag}>
        {change.family} {change.version}
      </span>
    </td>
    <td data-label="Change">
      <div>
        <Badge color={kindWords[change.kind].color} variant="outline" tt="none">
          {kindWords[change.kind].label}
        </Badge>
        <Ends change={change} />
      </div>
    </td>
    <td data-label="Models">
      {change.models.slice(0, shownModels).join(', ')}
      {change.models.length > shownModels && ` and ${change.models.length - shownModels} more`}
    </td>
    <td data-label="Touches">
      <div>
        {kept.length + trials.length + radars.length === 0 && (
          <span className={classes.dim}>no plan</span>
        )}
        {kept.map(({ deviceId, labTag, reason }) => (
          <div key={deviceId}>
            <TextLink href={paths.device(deviceId)} size="sm">
              <UserText>{labTag}</UserText>
            </TextLink>{' '}
            reserved: <UserText>{reason}</UserText>
          </div>
        ))}
        {trials.map(({ id, number, state, labTag }) => (
          <div key={id}>
            <TextLink href={paths.trial(id)} size="sm">
              T-{number}
            </TextLink>{' '}
            {state} on <UserText>{labTag}</UserText>
          </div>
        ))}
        {radars.map(({ id, number }) => (
          <div key={id}>
            <TextLink href={paths.radar(id)} size="sm">
              R-{number}
            </TextLink>{' '}
            in the verification calendar
          </div>
        ))}
      </div>
    </td>
  </tr>
)

function Ends({ change: { kind, before, until } }: { change: CatalogueChange }) {
  if (kind === 'unsigned') return null
  const end = (date: typeof until) => (date ? dateInWords(date) : 'no end given')
  const text =
    kind === 'new'
      ? `until ${end(until)}`
      : kind === 'gone'
        ? `was listed until ${end(before)}`
        : `${end(before)} → ${end(until)}`
  return <div className={classes.dim}>{text}</div>
}
