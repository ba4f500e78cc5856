import { Box, Stack, Text } from '@mantine/core'
import { IconScale } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { EmptyState } from '@/components/data/empty-state'
import { TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { enter } from '@/lib/auth/door'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import {
  type ContradictionGroup,
  listContradictionGroups,
  mostGroups,
} from '@/lib/db/queries/events/contradictions'
import { contradictionInfo } from '@/lib/domain/contradiction/finding'
import type { Environment } from '@/lib/domain/device/device'
import { paths } from '@/lib/paths'
import { GroupTable } from './group-table'
import { HeardErrors } from './heard-errors'

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
  const { db } = await enter('look')
  const { environment, because } = await resolveEnvironment(db, (await searchParams).environment)
  const groups = await listContradictionGroups(db, environment)
  return (
    <>
      <PageHeader
        title="Contradictions"
        environment={environment}
        environmentBecause={because}
        description="Replies compared with Apple's documented keys, types, values and versions. “3 of 3 on 11.3” counts devices: of those whose replies were looked at for it on that version, how many show it. iPhone and iPad count together, as one schema covers both. The reply itself is never changed."
      />
      {groups.length === 0 ? (
        <Nothing environment={environment} />
      ) : (
        <Stack gap="xl">
          {groups.length === mostGroups && (
            <Text size="sm">These are the {mostGroups} that most devices show.</Text>
          )}
          {sections.map((section) => (
            <Section key={section.about} section={section} groups={groups} />
          ))}
        </Stack>
      )}
      <Box mt="xl">
        <HeardErrors environment={environment} />
      </Box>
    </>
  )
}

function Section({
  section: { about, title, text },
  groups,
}: {
  section: (typeof sections)[number]
  groups: ContradictionGroup[]
}) {
  const own = groups.filter(({ kind }) => contradictionInfo[kind].about === about)
  return own.length === 0 ? null : <GroupTable title={title} text={text} groups={own} />
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
