import { Box, Stack, Text, Title } from '@mantine/core'
import { IconScale } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { EmptyState } from '@/components/data/empty-state'
import { TextLink } from '@/components/data/links'
import { LiveTable } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { ContradictionText } from '@/components/trial/contradiction-text'
import { WriteRadar } from '@/components/trial/write-radar'
import { authorize } from '@/lib/auth/guard'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import {
  type ContradictionExample,
  type ContradictionGroup,
  listContradictionGroups,
  maxGroups,
} from '@/lib/db/queries/events/contradictions'
import { refusalFor } from '@/lib/domain/account/permissions'
import { contradictionInfo, tallyInWords } from '@/lib/domain/contradiction/finding'
import type { Environment } from '@/lib/domain/device/device'
import { paths } from '@/lib/paths'
import classes from '../../components/data/data-table.module.css'
import { type Elsewhere, OnlyElsewhere, readElsewhere, SeenBy } from './elsewhere'
import { ReportedErrors } from './reported-errors'

export const metadata: Metadata = { title: 'Contradictions' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

const sections = [
  {
    about: 'device',
    title: 'Replies that differ from the documents',
    text: 'The reply is not what Apple documents for that OS version.',
  },
  {
    about: 'documentation',
    title: 'Documents that disagree',
    text: "Two of Apple's documents disagree about what was seen; the device may be right by one of them.",
  },
  {
    about: 'neither',
    title: 'Documented silence',
    text: 'Something optional is missing. It contradicts nothing.',
  },
] as const

/** The same contradiction over all devices of one environment, counted per OS version. */
export default async function ContradictionsPage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const { environment, reason } = await resolveEnvironment(db, (await searchParams).environment)
  const groups = await listContradictionGroups(db, environment)
  const elsewhere = await readElsewhere(
    db,
    environment,
    groups.map(({ fingerprint }) => fingerprint),
  )
  const mayNotWrite = refusalFor(actor, 'writeRadar')
  return (
    <>
      <PageHeader
        marks={<LiveTable of={['contradictions', 'trials']} />}
        title="Contradictions"
        environment={environment}
        environmentReason={reason}
        description="Replies compared with Apple's documented keys, types, values and versions. “3 of 3 on 11.3” counts devices: of those whose replies were looked at for it on that version, how many show it. iPhone and iPad count together, as one schema covers both. The reply itself is never changed."
      />
      {groups.length === 0 ? (
        <Nothing environment={environment} />
      ) : (
        <Stack gap="xl">
          {groups.length === maxGroups && (
            <Text size="sm">These are the {maxGroups} that most devices show.</Text>
          )}
          {sections.map((section) => (
            <Section
              key={section.about}
              section={section}
              groups={groups}
              elsewhere={elsewhere}
              mayNotWrite={mayNotWrite}
            />
          ))}
        </Stack>
      )}
      <OnlyElsewhere only={elsewhere.only} />
      <Box mt="xl">
        <ReportedErrors environment={environment} />
      </Box>
    </>
  )
}

function Section({
  section: { about, title, text },
  groups,
  elsewhere,
  mayNotWrite,
}: {
  section: (typeof sections)[number]
  groups: ContradictionGroup[]
  elsewhere: Elsewhere
  mayNotWrite: string | undefined
}) {
  const own = groups.filter(({ kind }) => contradictionInfo[kind].about === about)
  return own.length === 0 ? null : (
    <GroupTable {...{ title, text, elsewhere, mayNotWrite }} groups={own} />
  )
}

const Nothing = ({ environment }: { environment: Environment }) => (
  <EmptyState
    title="No contradictions so far"
    icon={IconScale}
    action={<TextLink href={paths.events({ environment })}>Go to the events</TextLink>}
  >
    Every reply that a device sends to a command of this lab is compared when it is read, as soon as
    its OS version is known. What differs from the documents is listed here.
  </EmptyState>
)

type GroupTableProps = {
  title: string
  text: string
  groups: ContradictionGroup[]
  elsewhere: Elsewhere
  /** Why this person writes no radar. */
  mayNotWrite: string | undefined
}

/** One row per contradiction: what it is, how many devices show it on which version, and where to look. */
function GroupTable({ title, text, groups, elsewhere, mayNotWrite }: GroupTableProps) {
  return (
    <section aria-label={title}>
      <Title order={2} size="h4">
        {title}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {text}
      </Text>
      <table className={classes.table}>
        <TableHead labels={['What', 'Seen on', 'Newest replies']} />
        <tbody>
          {groups.map((group) => (
            <tr key={group.fingerprint}>
              <td data-label="What">
                <div>
                  <ContradictionText shown={group} />
                  <WriteRadar from={{ contradiction: group.reportedId }} reason={mayNotWrite} />
                </div>
              </td>
              <td data-label="Seen on">
                <div>
                  {tallyInWords(group.counts)}
                  <SeenBy fingerprint={group.fingerprint} elsewhere={elsewhere} />
                </div>
              </td>
              <td data-label="Newest replies">
                <div>
                  {group.examples.map((example) => (
                    <Example key={example.rawEventId} example={example} />
                  ))}
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const Example = ({ example }: { example: ContradictionExample }) => (
  <div>
    <TextLink href={paths.event(example.rawEventId)} size="sm">
      event {example.rawEventId}
    </TextLink>{' '}
    {example.trialId && (
      <TextLink href={paths.trial(example.trialId)} size="sm">
        T-{example.trialNumber}
      </TextLink>
    )}{' '}
    <span className={`${classes.dim} ${classes.nowrap}`}>
      <UserText>{example.device}</UserText>
    </span>
  </div>
)
