import { Button, Group, Text } from '@mantine/core'
import { IconFilterOff, IconRoute } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { SaveView } from '@/app/save-view'
import { EmptyState, InOtherEnvironment, otherEnvironment } from '@/components/data/empty-state'
import { ExportLinks } from '@/components/data/export-links'
import { ButtonLink, TextLink } from '@/components/data/links'
import { LiveTable } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { FilterProblems } from '@/components/data/refusal'
import { goneProtocol } from '@/components/trial/gone-protocol'
import { TrialFilterBar } from '@/components/trial/trial-filter-bar'
import { authorize } from '@/lib/auth/guard'
import { listWaitingReleases } from '@/lib/core/release/waiting-releases'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { listTrialFacets } from '@/lib/db/queries/trials/trial-filter'
import {
  countTrials,
  type ListedTrial,
  listTrials,
  maxCounted,
} from '@/lib/db/queries/trials/trial-list'
import { countUnconfirmed } from '@/lib/db/queries/trials/unconfirmed'
import { refusalFor } from '@/lib/domain/account/permissions'
import { studyForms } from '@/lib/domain/export/study'
import { maxFrozenTrials } from '@/lib/domain/report/frozen-report'
import { countFilters, readTrialFilter } from '@/lib/domain/trial/trial-filter'
import { type Params, paths, withParams } from '@/lib/paths'
import { readTrialPlace } from './query'
import { type ShownTrial, TrialTable } from './trial-table'
import { UnconfirmedSends, WaitingForYou } from './waiting'

export const metadata: Metadata = { title: 'Trials' }

const countText = (count: number) =>
  count > maxCounted ? `more than ${maxCounted.toLocaleString('en')}` : count

/** Without what the table does not show: each field is sent to the browser for every row. */
function shownOf(trial: ListedTrial): ShownTrial {
  const { draftedAt, draftedBy, concludedAt, endOs, endBuild, deviceId, protocolId, ...shown } =
    trial
  return shown
}

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** Trials of one environment, as filtered; the export beside it holds exactly the same. */
export default async function TrialsPage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const given = await searchParams
  const { filter, problems } = readTrialFilter(given)
  const { place, problems: placeProblems } = readTrialPlace(given)
  const { environment, reason } = await resolveEnvironment(db, given.environment)
  const [page, count, facets, waiting, unconfirmed] = await Promise.all([
    listTrials(db, { environment, filter, ...place }),
    countTrials(db, { environment, filter }, maxCounted),
    listTrialFacets(db, environment),
    listWaitingReleases(db, actor, environment, new Date()),
    countUnconfirmed(db, environment),
  ])
  const address = {
    ...filter,
    environment: given.environment === undefined ? undefined : environment,
  }
  const filtered = countFilters(filter) > 0
  const other = otherEnvironment(environment)
  const elsewhere =
    page.rows.length === 0 && filtered ? await countTrials(db, { environment: other, filter }) : 0
  const cannotDraft = refusalFor(actor, 'draftTrial')
  const asFiltered = { ...filter, environment }
  return (
    <>
      <PageHeader
        marks={<LiveTable of={['trials', 'devices']} />}
        title="Trials"
        environment={environment}
        environmentReason={reason}
        action={
          cannotDraft ? (
            <Button disabled title={cannotDraft}>
              New trial
            </Button>
          ) : (
            <ButtonLink href={withParams(paths.trialNew(), { environment })}>New trial</ButtonLink>
          )
        }
      />
      <UnconfirmedSends count={unconfirmed} environment={environment} />
      <WaitingForYou releases={waiting} />
      <FilterProblems problems={[...problems, ...placeProblems, ...goneProtocol(filter, facets)]} />
      <TrialFilterBar filter={filter} facets={facets} environment={environment} path="trials" />
      <SaveView
        page="trials"
        filters={{ ...asFiltered, sort: place.sort, direction: place.direction }}
        mayNotShare={refusalFor(actor, 'shareView')}
      />
      {page.rows.length === 0 ? (
        <>
          <Nothing filtered={filtered} clear={paths.trials({ environment: address.environment })} />
          <InOtherEnvironment
            count={elsewhere}
            environment={other}
            href={paths.trials({ ...filter, environment: other })}
          />
        </>
      ) : (
        <TrialTable rows={page.rows.map(shownOf)} params={{ ...address, ...place }} />
      )}
      <Group justify="space-between" mt="sm">
        <Text size="sm" c="dimmed">
          {page.rows.length === count ? count : `${page.rows.length} of ${countText(count)}`}{' '}
          {count === 1 ? 'trial' : 'trials'}
        </Text>
        <Group gap="xs" component="nav" aria-label="Pages">
          {page.previous && (
            <ButtonLink
              href={paths.trials({ ...address, ...place, cursor: page.previous })}
              variant="default"
              size="xs"
            >
              Previous
            </ButtonLink>
          )}
          {page.next && (
            <ButtonLink
              href={paths.trials({ ...address, ...place, cursor: page.next })}
              variant="default"
              size="xs"
            >
              Next
            </ButtonLink>
          )}
        </Group>
      </Group>
      <FreezeLink filter={asFiltered} count={count} reason={refusalFor(actor, 'freezeReport')} />
      {count > 0 && (
        <Text size="sm" mb="xs" data-screen-only>
          <TextLink href={paths.labReport(asFiltered)} size="sm">
            Choose what other labs may have of these trials
          </TextLink>
        </Text>
      )}
      <ExportLinks
        title={`Export as filtered${environment === 'simulated' ? ', marked SIMULATED' : ''}`}
        links={[
          {
            name: 'trials',
            href: (form) => paths.exportTrials({ ...asFiltered, ...form }),
            forms: studyForms,
          },
          {
            name: 'observations',
            href: (form) => paths.exportObservations({ ...asFiltered, ...form }),
            forms: ['dataset-json'],
          },
          {
            name: 'steps',
            href: (form) => paths.exportSteps({ ...asFiltered, ...form }),
            forms: ['dataset-json'],
          },
          {
            name: 'deviations',
            href: (form) => paths.exportDeviations({ ...asFiltered, ...form }),
            forms: ['dataset-json'],
          },
          { name: 'raw replies', href: (form) => paths.exportReplies({ ...asFiltered, ...form }) },
          { name: 'data dictionary', href: paths.exportDictionary },
        ]}
      />
    </>
  )
}

type FreezeProps = { filter: Params; count: number; reason: string | undefined }

/** Leads to freezing what is listed; where that is not possible, why. */
function FreezeLink({ filter, count, reason }: FreezeProps) {
  const mayNot =
    reason ??
    (count > maxFrozenTrials ? `${maxFrozenTrials} trials at most: narrow the list.` : undefined)
  return (
    <Group gap="xs" mt="sm" mb="xs" data-screen-only>
      {mayNot || count === 0 ? (
        <Text size="sm" c="dimmed" title={mayNot}>
          Freeze these trials as a report{mayNot && `: ${mayNot}`}
        </Text>
      ) : (
        <TextLink href={paths.reportFreeze(filter)} size="sm">
          Freeze these trials as a report
        </TextLink>
      )}
    </Group>
  )
}

function Nothing({ filtered, clear }: { filtered: boolean; clear: string }) {
  if (filtered)
    return (
      <EmptyState
        title="No trial matches"
        icon={IconFilterOff}
        action={<TextLink href={clear}>Clear the filters</TextLink>}
      />
    )
  return (
    <EmptyState title="No trials yet" icon={IconRoute}>
      Choose a device that qualifies and a protocol, write down what you expect, and register it.
      Nothing is sent before you arm and release it.
    </EmptyState>
  )
}
