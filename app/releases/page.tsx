import { Button, Stack } from '@mantine/core'
import type { Metadata } from 'next'
import { ButtonLink } from '@/components/data/links'
import { LiveTable } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { FilterProblems } from '@/components/data/refusal'
import { TestsLeft } from '@/components/data/tests-left'
import { authorize } from '@/lib/auth/guard'
import { loadCatalogue } from '@/lib/db/queries/catalogue/facts'
import { getDailySources, listNewestFetches } from '@/lib/db/queries/catalogue/fetches'
import { listCurrentImports, listNewestImports } from '@/lib/db/queries/catalogue/imports'
import { listLabDevices } from '@/lib/db/queries/catalogue/lab-devices'
import { listDeviceFacets } from '@/lib/db/queries/devices/device-facets'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { listChangeImpacts } from '@/lib/db/queries/planning/change-impact'
import { countTestsLeft } from '@/lib/db/queries/planning/unused-devices'
import { type Actor, refusalFor } from '@/lib/domain/account/permissions'
import { classOf, countdowns } from '@/lib/domain/catalogue/countdown'
import { familyShown, hasVersion, readReleaseFilter } from '@/lib/domain/catalogue/release-filter'
import { listVersions } from '@/lib/domain/catalogue/versions'
import { uuidForm } from '@/lib/domain/text/typed-text'
import { paths } from '@/lib/paths'
import { Changes } from './changes'
import { CountdownTable } from './countdown-table'
import { DeviceTargets } from './device-targets'
import { FilterBar } from './filter-bar'
import { Sources } from './sources'
import { VersionList } from './version-list'

export const metadata: Metadata = { title: 'Releases' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

const devicesPerPage = 25
const shownVersions = 30

/** The OS catalogue: what is listed until when, what is signed, what came out when, and what that means for each device. */
export default async function ReleasesPage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const given = await searchParams
  const { filter, problems } = readReleaseFilter(given)
  const { environment, reason } = await resolveEnvironment(db, given.environment)
  const after = uuidForm.test(String(given.after)) ? String(given.after) : undefined
  const [catalogue, current, newest, devices, facets, daily, fetches, left, impacts] =
    await Promise.all([
      loadCatalogue(db),
      listCurrentImports(db),
      listNewestImports(db, 20),
      listLabDevices(db, { environment, model: filter.model, after, limit: devicesPerPage }),
      listDeviceFacets(db, environment),
      getDailySources(db),
      listNewestFetches(db, 5),
      countTestsLeft(db, environment),
      listChangeImpacts(db, environment, new Date()),
    ])
  const today = new Date().toISOString().slice(0, 10)
  const family = familyShown(filter)
  const rows = countdowns(catalogue.listings, today).filter(
    (row) =>
      row.family === family &&
      hasVersion(row.version, filter.version) &&
      (filter.standing === undefined || row.standing === filter.standing) &&
      (filter.model === undefined || row.devices.includes(filter.model)) &&
      (filter.class === undefined || row.devices.some((one) => classOf(one) === filter.class)),
  )
  const versions = listVersions(catalogue, family, filter.model).filter(({ version }) =>
    hasVersion(version, filter.version),
  )
  const shown = devices.slice(0, devicesPerPage)
  const last = devices.length > devicesPerPage ? shown.at(-1) : undefined
  return (
    <>
      <PageHeader
        marks={<LiveTable of={['releases', 'devices']} />}
        title="Releases"
        environment={environment}
        environmentReason={reason}
        description="Three separate facts, each with its source and the day it was read: what Apple lists for management and until when, whether a restore image is signed, and when a version was released. None follows from another. The catalogue is the same in both environments; the devices are not."
        action={<ImportLink actor={actor} />}
      />
      <FilterProblems problems={problems} />
      <FilterBar
        filter={filter}
        environment={environment}
        models={facets.models.map(({ modelIdentifier, modelName }) => ({
          value: modelIdentifier,
          label: modelName ? `${modelName} (${modelIdentifier})` : modelIdentifier,
        }))}
      />
      <Stack gap="xl" mt="sm">
        <CountdownTable
          rows={rows}
          readOn={catalogue.listReadOn}
          today={today}
          names={catalogue.names}
          filtered={Object.values(filter).some(Boolean)}
        />
        <Changes impacts={impacts} />
        <TestsLeft left={left} environment={environment} />
        <DeviceTargets
          devices={shown}
          catalogue={catalogue}
          today={today}
          more={last && paths.releases({ ...filter, environment, after: last.id })}
        />
        <VersionList
          versions={versions.slice(0, shownVersions)}
          count={versions.length}
          model={filter.model}
        />
        <Sources
          current={current}
          newest={newest}
          daily={daily}
          fetches={fetches}
          reason={refusalFor(actor, 'importCatalogue')}
        />
      </Stack>
    </>
  )
}

function ImportLink({ actor }: { actor: Actor }) {
  const reason = refusalFor(actor, 'importCatalogue')
  return reason ? (
    <Button disabled title={reason}>
      Import a feed
    </Button>
  ) : (
    <ButtonLink href={paths.releaseImport()}>Import a feed</ButtonLink>
  )
}
