import { TextLink } from '@/components/data/links'
import { Live } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { UserText } from '@/components/data/text'
import { TrialStatus } from '@/components/trial/trial-status'
import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import type { Actor } from '@/lib/domain/account/permissions'
import type { ReviewState } from '@/lib/domain/review/review'
import { mechanismOf } from '@/lib/domain/trial/mechanism'
import { isClosed } from '@/lib/domain/trial/trial'
import { paths } from '@/lib/paths'
import { CloseMenu } from './close-menu'

type Props = {
  view: TrialView
  review: ReviewState | undefined
  /** Who looks at the trial as it is now; undefined in a history, which has no actions. */
  actor: Actor | undefined
  /** The instant of a history, for the link to the device. */
  asOf: string | undefined
  /** Whether there is a bench mode to change to. */
  isBench: boolean
}

export function Header({ view, review, actor, asOf, isBench }: Props) {
  const { trial, device, version } = view
  const live = !isClosed(trial.state)
  return (
    <PageHeader
      title={`T-${trial.number}`}
      environment={trial.simulated ? 'simulated' : 'real'}
      marks={
        <>
          <TrialStatus state={trial.state} />
          {actor && (live || (review !== undefined && review !== 'locked')) && (
            <Live trialId={trial.id} deviceId={device.id} />
          )}
        </>
      }
      description={
        <>
          <TextLink href={paths.device(device.id, { asOf })}>
            <UserText>{device.labTag ?? device.name}</UserText>
          </TextLink>{' '}
          <UserText>{device.name}</UserText>
          <span data-record-only>
            {' '}
            ·{' '}
            <TextLink href={paths.protocol(version.protocolId)}>
              <UserText>{version.plan.title}</UserText>
            </TextLink>
            , version {version.version}
          </span>
          {isBench && <OtherView trialId={trial.id} />}
        </>
      }
      action={
        actor && live ? (
          <div data-record-only>
            <CloseMenu
              trialId={trial.id}
              state={trial.state}
              role={actor.role}
              sent={trial.sentAt !== null}
              mechanism={mechanismOf(version.plan)}
              consumed={trial.consumed}
            />
          </div>
        ) : undefined
      }
    />
  )
}

/** One of the two is shown, by the style sheet. The choice is in the address, so that a reload keeps it. */
const OtherView = ({ trialId }: { trialId: string }) => (
  <span data-screen-only>
    {' '}
    ·{' '}
    <TextLink href={paths.trial(trialId, { view: 'record' })} data-bench-only>
      Full record
    </TextLink>
    <TextLink href={paths.trial(trialId, { view: 'bench' })} data-record-only>
      Bench mode
    </TextLink>
  </span>
)
