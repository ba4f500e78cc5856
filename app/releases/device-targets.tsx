import { Badge, Text, Title } from '@mantine/core'
import classes from '@/components/data/data-table.module.css'
import { ButtonLink, TextLink } from '@/components/data/links'
import { LongTable } from '@/components/data/long-table'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { LabDevice } from '@/lib/db/queries/catalogue/lab-devices'
import type { Catalogue } from '@/lib/domain/catalogue/sourced'
import {
  type Agreement,
  type ComparedTarget,
  compareTargets,
  type Target,
  validTargets,
} from '@/lib/domain/catalogue/targets'
import type { OfferedUpdate } from '@/lib/domain/reading/reading'
import { paths } from '@/lib/paths'
import { dateInWords, endInWords } from './words'

const labels = ['Device', 'Installed', 'By the catalogue', 'By the device', 'Where they differ']
const agreementInfo: Record<Agreement, { color: string; label: string }> = {
  both: { color: 'green', label: 'in both' },
  otherBuild: { color: 'red', label: 'another build' },
  catalogueOnly: { color: 'yellow', label: 'not offered by the device' },
  deviceOnly: { color: 'red', label: 'not in the catalogue' },
}

type Props = {
  devices: readonly LabDevice[]
  catalogue: Catalogue
  today: string
  /** Where the next devices are; undefined on the last page. */
  more: string | undefined
}

/** The targets of each device of this lab: what the catalogue has for its model, and what it offers itself. */
export function DeviceTargets({ devices, catalogue, today, more }: Props) {
  return (
    <section aria-label="Targets of this lab’s devices">
      <Title order={2} size="h4">
        Targets of this lab’s devices
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        On the left what Apple lists for management for this very model, above the installed version
        and not ended; on the right what the device itself answered to AvailableOSUpdates. A device
        usually offers the newest alone. A trial is judged by the answer of the device.
      </Text>
      {devices.length === 0 ? (
        <Text size="sm">No device of this environment matches.</Text>
      ) : (
        <LongTable
          labels={labels}
          what="devices of this page"
          rows={devices.map((device) => (
            <Row key={device.id} device={device} catalogue={catalogue} today={today} />
          ))}
        />
      )}
      {more && (
        <ButtonLink href={more} variant="default" size="xs" mt="sm">
          Further devices
        </ButtonLink>
      )}
    </section>
  )
}

type RowProps = Omit<Props, 'devices' | 'more'> & { device: LabDevice }

function Row({ device, catalogue, today }: RowProps) {
  const { id, labTag, name, modelIdentifier, osVersion, osBuild, offers } = device
  const valid = validTargets(device, catalogue, today)
  const targets = valid.status === 'known' ? valid.targets : undefined
  return (
    <tr>
      <td data-label="Device">
        <div>
          <TextLink href={paths.device(id)} size="sm">
            <UserText>{labTag ?? name}</UserText>
          </TextLink>
          <div className={classes.dim}>{modelIdentifier ?? 'model not known'}</div>
        </div>
      </td>
      <td data-label="Installed">
        {osVersion ?? 'not known'} {osBuild && <span className={classes.dim}>({osBuild})</span>}
      </td>
      <td data-label="By the catalogue">
        <div>
          {valid.status === 'unknown' ? (
            `not known: ${valid.reason}`
          ) : (
            <Targets valid={valid.targets} />
          )}
        </div>
      </td>
      <td data-label="By the device">
        <div>
          {offers ? <Offers offers={offers} /> : 'not known: it was not asked, or did not say'}
        </div>
      </td>
      <td data-label="Where they differ">
        <div>
          {targets && offers ? (
            <Differences rows={compareTargets(targets, offers.updates)} />
          ) : (
            'cannot be compared'
          )}
        </div>
      </td>
    </tr>
  )
}

const Targets = ({ valid }: { valid: readonly Target[] }) =>
  valid.length === 0 ? (
    <>none above the installed version</>
  ) : (
    valid.map((target) => (
      <div key={target.version}>
        {target.version}{' '}
        <span className={classes.dim}>({target.builds.join(', ') || 'no build'})</span>{' '}
        <span className={classes.dim}>
          {target.untils.map(dateInWords).join(' or ')}{' '}
          {endInWords({ ...target, ...(target.untils[0] && { until: target.untils[0] }) })}
        </span>
      </div>
    ))
  )

const Offers = ({ offers: { updates, at } }: { offers: NonNullable<LabDevice['offers']> }) => (
  <>
    {updates.length === 0 && 'offers nothing'}
    {updates.map((update) => (
      <div key={`${update.productKey} ${update.version}`}>
        <UserText>{offerInWords(update)}</UserText>
      </div>
    ))}
    <div className={classes.dim}>
      answered <When at={at} />
    </div>
  </>
)

const offerInWords = ({ version, build, productKey }: OfferedUpdate) =>
  version === undefined ? productKey : build === undefined ? version : `${version} (${build})`

const Differences = ({ rows }: { rows: readonly ComparedTarget[] }) =>
  rows.length === 0 ? (
    <>no target in either</>
  ) : (
    rows.map(({ agreement, version, offered }) => (
      <div key={`${version} ${offered?.productKey ?? ''}`}>
        <UserText>{version}</UserText>{' '}
        <Badge variant="light" color={agreementInfo[agreement].color} size="sm">
          {agreementInfo[agreement].label}
        </Badge>
      </div>
    ))
  )
