import { Group, Text } from '@mantine/core'
import { Card } from '@/components/card'
import { Findings } from '@/components/findings'
import { UserText } from '@/components/text'
import { OverallBadge } from '@/components/verdict-badge'
import type { TrialView } from '@/lib/db/trial-view'
import { type Actor, refusalFor } from '@/lib/domain/actor'
import { describeSlot } from '@/lib/domain/offered-target'
import type { Qualification } from '@/lib/domain/qualify'
import type { LabSettings } from '@/lib/domain/rule'
import { ArmForm } from './arm-form'
import { AskButton } from './ask-button'
import { Hold } from './hold'
import { RegisterButton } from './register-button'
import { ReleaseButton } from './release-button'

export type Preview = {
  ordinal: number
  /** Undefined for who may not release: nothing was stored for them. */
  verdictId: number | undefined
  qualification: Qualification
}

type Props = {
  view: TrialView
  actor: Actor
  preview: Preview | undefined
  settings: LabSettings
  /** What the device runs by its newest reading. */
  osWords: string
}

const heldOf = ({ commands }: TrialView) =>
  commands.find(({ purpose, state }) => purpose === 'intervention' && state === 'reserved')

type HeldProps = Pick<Props, 'view' | 'actor'> & { now: Date }

/** The hold of a command, while there is one: above all else, as it does not wait. */
export function Held({ view, actor, now }: HeldProps) {
  const held = heldOf(view)
  if (!held) return null
  return (
    <Hold
      trialId={view.trial.id}
      ordinal={held.slotOrdinal ?? 1}
      holdEndsAt={held.holdEndsAt.toISOString()}
      serverNow={now.toISOString()}
      because={refusalFor(actor, 'cancelRelease')}
    />
  )
}

/** The one thing to do next, with what must be seen before it is done. */
export function StepCard({ view, actor, preview, settings, osWords }: Props) {
  const { trial } = view
  return (
    <>
      {trial.state === 'draft' && <Draft view={view} actor={actor} />}
      {trial.state === 'registered' && <Arm view={view} actor={actor} osWords={osWords} />}
      {preview && !heldOf(view) && (
        <Release
          view={view}
          actor={actor}
          preview={preview}
          settings={settings}
          osWords={osWords}
        />
      )}
    </>
  )
}

function Draft({ view, actor }: { view: TrialView; actor: Actor }) {
  const { trial, version } = view
  return (
    <Card title="Register">
      <Text size="sm">
        Registering seals what you expect, together with version {version.version} of the protocol,
        by a SHA-256 hash, and reserves the device. Neither can be changed afterwards.
      </Text>
      <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
        <b>Your expectation:</b> <UserText>{trial.expectation || 'none written yet'}</UserText>
      </Text>
      <RegisterButton trialId={trial.id} because={refusalFor(actor, 'registerTrial')} />
    </Card>
  )
}

function Arm({ view, actor, osWords }: Pick<Props, 'view' | 'actor' | 'osWords'>) {
  const { trial, device } = view
  return (
    <Card title="Arm">
      <Text size="lg" fw={700}>
        <UserText>{device.labTag ?? 'no lab tag'}</UserText> · <UserText>{device.name}</UserText>
      </Text>
      <Text size="sm">
        <UserText>{device.modelName ?? device.modelIdentifier ?? 'model not known'}</UserText> ·{' '}
        {device.platform} <UserText>{osWords}</UserText>
      </Text>
      <Text size="sm">
        Take the device in your hand and read the serial off it: Settings › General › About. Nothing
        is sent by arming.
      </Text>
      <ArmForm trialId={trial.id} because={refusalFor(actor, 'armTrial')} />
    </Card>
  )
}

function Release({ view, actor, preview, settings, osWords }: Props & { preview: Preview }) {
  const { trial, device, version } = view
  const { ordinal, verdictId, qualification } = preview
  const slot = version.plan.slots[ordinal - 1]
  if (!slot) return null
  const unfit =
    qualification.overall === 'qualified'
      ? undefined
      : 'The device does not qualify: see the findings below for what would make it pass.'
  const count = version.plan.slots.length
  return (
    <Card title={count === 1 ? 'Release the command' : `Release command ${ordinal} of ${count}`}>
      <Group gap="xs">
        <OverallBadge overall={qualification.overall} />
        <Text size="sm">
          ScheduleOSUpdate, {describeSlot(slot)}, for{' '}
          <UserText>{device.labTag ?? device.name}</UserText> on <UserText>{osWords}</UserText>
        </Text>
      </Group>
      <ReleaseButton
        trialId={trial.id}
        ordinal={ordinal}
        verdictId={verdictId}
        deviceWords={`${device.labTag ?? ''} ${device.name}`.trim()}
        osWords={osWords}
        commandWords={describeSlot(slot)}
        holdSeconds={settings.holdSeconds}
        because={refusalFor(actor, 'releaseTrial') ?? unfit}
        beside={<AskButton trialId={trial.id} because={refusalFor(actor, 'askDevice')} />}
      />
      {unfit && <Text size="sm">{unfit}</Text>}
      {ordinal > 1 && !unfit && qualification.warnings.length === 0 ? (
        <details>
          <summary>Every blocking rule passes: look at the findings</summary>
          <Findings qualification={qualification} />
        </details>
      ) : (
        <Findings qualification={qualification} />
      )}
    </Card>
  )
}
