import { Group, Text } from '@mantine/core'
import { Card } from '@/components/data/card'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import { Findings } from '@/components/device/findings'
import { Fit } from '@/components/device/fit'
import { OverallBadge } from '@/components/device/verdict-badge'
import type { Previewed } from '@/lib/core/release/preview-slot'
import { secondPersonProblem } from '@/lib/core/release/second-person'
import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import { type Actor, refusalFor } from '@/lib/domain/account/permissions'
import { runningOs } from '@/lib/domain/device/os-identity'
import { predictionInWords } from '@/lib/domain/outcome/prediction'
import type { DeviceState } from '@/lib/domain/reading/reading'
import type { Overall } from '@/lib/domain/rules/qualify'
import type { Finding, LabSettings } from '@/lib/domain/rules/rule'
import { enforcementType } from '@/lib/domain/trial/command-slot'
import {
  interventionName,
  isDeclaration,
  releasedName,
  slotName,
  slotNoun,
} from '@/lib/domain/trial/mechanism'
import type { ProtocolFit } from '@/lib/domain/trial/protocol-fit'
import { notForTrials } from '@/lib/domain/trial/protocol-life'
import { holdSecondsFor } from '@/lib/domain/trial/release'
import { paths } from '@/lib/paths'
import { VirtualBench } from './observe/observe'
import { ArmForm } from './occasional'
import { ArmAsks } from './record/arm'
import { CounterSignButton } from './release/counter-sign'
import { destinationWords } from './release/destination-words'
import { Hold, HoldPlace } from './release/hold'
import { RegisterButton } from './release/register-button'
import { ReleaseButton } from './release/release-button'
import { SecondPersonNote } from './release/second-person'
import { type Uses, UsesUp } from './release/uses-up'
import { Waivers } from './release/waive'
import type { WaitsFor } from './server-clock'
import { declaredTimeWords, slotWords, subscriptionWords } from './slot-words'

export type Preview = Omit<Previewed, 'status' | 'verdictId'> & {
  ordinal: number
  /** Undefined for who may not release: nothing was stored for them. */
  verdictId: number | undefined
  /** The command the release has to wait for. */
  waitsFor: WaitsFor | undefined
}

type Props = {
  view: TrialView
  actor: Actor
  preview: Preview | undefined
  settings: LabSettings
  /** What the device reported last. */
  state: DeviceState
  /** Whether the protocol fits the device, while the trial is not armed. */
  fit?: ProtocolFit | undefined
  /** What the trial uses up, while it is not armed. */
  uses?: Uses | undefined
  /** The required fields of the device that are missing, in words. */
  lacks?: string | undefined
}

const heldOf = ({ commands }: TrialView) =>
  commands.find(({ purpose, state }) => purpose === 'intervention' && state === 'reserved')

type HeldProps = Pick<Props, 'view' | 'actor'> & { now: Date; silent: boolean }

/** The hold, while there is one: above everything else, as its time runs. */
export function Held({ view, actor, now, silent }: HeldProps) {
  const held = heldOf(view)
  return (
    <HoldPlace held={held && releasedName(held)} keeps={view.trial.state === 'observing'}>
      {held && (
        <Hold
          trialId={view.trial.id}
          ordinal={held.slotOrdinal ?? 1}
          name={releasedName(held)}
          declaration={held.requestType === enforcementType}
          holdEndsAt={held.holdEndsAt.toISOString()}
          serverNow={now.toISOString()}
          reason={refusalFor(actor, 'cancelRelease')}
          silent={silent}
        />
      )}
    </HoldPlace>
  )
}

/** The next step, with what must be read before it. */
export function StepCard({ view, actor, preview, settings, state, fit, uses, lacks }: Props) {
  const { trial } = view
  return (
    <>
      {trial.state === 'draft' && <Draft {...{ view, actor, fit, uses, lacks }} />}
      {trial.state === 'registered' && <Arm {...{ view, actor, state, fit, uses }} />}
      {preview && !heldOf(view) && (
        <Release view={view} actor={actor} preview={preview} settings={settings} state={state} />
      )}
    </>
  )
}

type FitOfProps = { fit: ProtocolFit | undefined; inArm: boolean }

/** A target that is missed, and in an arm whether the device now is what the arm asks for. */
function FitOf({ fit, inArm }: FitOfProps) {
  if (!fit) return null
  if (fit.targetMissed) return <Fit fit={fit} />
  return inArm ? (
    <Group gap="xs">
      <OverallBadge overall={fit.overall} />
      <Text size="sm">As the device is now: {fit.reason}</Text>
    </Group>
  ) : null
}

function Draft({
  view,
  actor,
  fit,
  uses,
  lacks,
}: Pick<Props, 'view' | 'actor' | 'fit' | 'uses' | 'lacks'>) {
  const { trial, version, versionEvents } = view
  const unfit = notForTrials({ ...version, events: versionEvents })
  return (
    <Card title="Register">
      <Text size="sm">
        Registering seals what you expect, together with version {version.version} of the protocol,
        by a SHA-256 hash, and reserves the device. Neither can be changed afterwards.
      </Text>
      <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
        <b>Your expectation:</b> <UserText>{trial.expectation || 'none written yet'}</UserText>
      </Text>
      <Text size="sm">
        <b>Predicted outcome:</b> {trial.prediction ? predictionInWords(trial.prediction) : 'none'}
      </Text>
      <ArmAsks view={view} />
      <FitOf fit={fit} inArm={version.arm !== undefined} />
      {unfit && (
        <Text size="sm">
          <b>Not yet:</b> <UserText>{unfit}</UserText>.{' '}
          <TextLink href={paths.protocol(version.protocolId)} size="sm">
            The protocol
          </TextLink>
        </Text>
      )}
      {lacks && (
        <Text size="sm">
          <b>Not yet:</b> <UserText>{lacks}</UserText>.{' '}
          <TextLink href={paths.device(trial.deviceId)} size="sm">
            The device
          </TextLink>
        </Text>
      )}
      {uses && <UsesUp uses={uses} />}
      <RegisterButton
        trialId={trial.id}
        reason={refusalFor(actor, 'registerTrial') ?? lacks ?? unfit}
      />
    </Card>
  )
}

function Arm({ view, actor, state, fit, uses }: Omit<Props, 'preview' | 'settings'>) {
  const { trial, device } = view
  const osWords = runningOs(state, device)
  return (
    <Card title="Arm">
      <Text size="lg" fw={700}>
        <UserText>{device.labTag ?? 'no lab tag'}</UserText> · <UserText>{device.name}</UserText>
      </Text>
      <Text size="sm">
        <UserText>{device.modelName ?? device.modelIdentifier ?? 'model not known'}</UserText> ·{' '}
        <UserText>{osWords}</UserText>
      </Text>
      <Text size="sm">
        {trial.simulated
          ? 'A virtual device cannot be picked up: its serial is under “The virtual device” below, and on the page Virtual lab.'
          : 'Pick up the device and read its serial: Settings › General › About.'}{' '}
        Arming sends nothing.
      </Text>
      <ArmAsks view={view} />
      <FitOf fit={fit} inArm={view.version.arm !== undefined} />
      {uses && <UsesUp uses={uses} />}
      <ArmForm trialId={trial.id} reason={refusalFor(actor, 'armTrial')} />
      <VirtualBench view={view} actor={actor} open />
    </Card>
  )
}

/** Unknown is not "no", and has words of its own. */
const unfitWords = (overall: Overall) =>
  overall === 'no'
    ? 'The device does not qualify: see the findings below for what would make it pass.'
    : 'It is not yet known whether the device qualifies: see the findings below for what is missing.'

function Release({ view, actor, preview, settings, state }: Props & { preview: Preview }) {
  const { trial, device, version } = view
  const { ordinal, verdictId, qualification, second, counterSigned, waitsFor } = preview
  const slot = version.plan.slots[ordinal - 1]
  if (!slot) return null
  const unfit =
    qualification.overall === 'qualified' ? undefined : unfitWords(qualification.overall)
  const count = version.plan.slots.length
  const osWords = runningOs(state, device)
  const noun = slotNoun(slot)
  const time = declaredTimeWords(slot, state, qualification.judgedAt)
  const commandWords = `${interventionName(slot)}, ${slotWords(view, slot, state)}${time}`
  const deviceWords = `${device.labTag ?? ''} ${device.name}`.trim()
  const about = { trialId: trial.id, ordinal, verdictId, deviceWords, osWords }
  const mayNotSign = refusalFor(actor, second?.byLead ? 'counterSignLast' : 'counterSign') ?? unfit
  return (
    <Card title={count === 1 ? `Release the ${noun}` : `Release ${noun} ${ordinal} of ${count}`}>
      <Group gap="xs">
        <OverallBadge overall={qualification.overall} />
        <Text size="sm">
          {commandWords}, for <UserText>{device.labTag ?? device.name}</UserText> on{' '}
          <UserText>{osWords}</UserText>
        </Text>
      </Group>
      <ArmAsks view={view} />
      <ReleaseButton
        {...about}
        commandWords={commandWords}
        declaration={isDeclaration(slot)}
        subscription={subscriptionWords(view, ordinal, state)}
        destinationWords={destinationWords(view, isDeclaration(slot))}
        which={count === 1 ? `The ${noun}` : `${slotName(slot, ordinal)} of ${count}`}
        findings={<FindingsToSign qualification={qualification} />}
        holdSeconds={holdSecondsFor(settings.holdSeconds, trial)}
        waitsFor={waitsFor}
        reason={
          refusalFor(actor, 'releaseTrial') ??
          unfit ??
          secondPersonProblem(second, counterSigned, actor.id)
        }
      />
      {second && (
        <SecondPersonNote second={second} counterSigned={counterSigned}>
          <CounterSignButton {...about} commandWords={commandWords} reason={mayNotSign} />
          {mayNotSign && mayNotSign !== unfit && <Text size="xs">{mayNotSign}</Text>}
        </SecondPersonNote>
      )}
      {/* If only an answer is missing, the line above says so. */}
      {unfit && !waitsFor && <Text size="sm">{unfit}</Text>}
      <Waivers
        trialId={trial.id}
        ordinal={ordinal}
        findings={qualification.findings.flatMap(waivableOf)}
        reason={refusalFor(actor, 'waiveRule')}
      />
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

/** The findings as the dialog has room for them: warnings shown, the rest folded away. */
function FindingsToSign({ qualification }: Pick<Preview, 'qualification'>) {
  const { findings, warnings } = qualification
  const passed = findings.filter(({ verdict }) => verdict === 'pass').length
  return (
    <div>
      <Text size="sm">
        <b>Findings:</b> {passed} rules pass
        {warnings.length > 0 &&
          `, ${warnings.length === 1 ? '1 warns' : `${warnings.length} warn`}`}
        .
      </Text>
      {warnings.map(({ ruleId, text }) => (
        <Text key={`${ruleId} ${text}`} size="sm">
          {ruleId}: {text}
        </Text>
      ))}
      <details>
        <summary>
          <Text span size="sm">
            All findings
          </Text>
        </summary>
        <Findings qualification={{ findings, warnings: [] }} />
      </details>
    </div>
  )
}

/** A failed rule of the lab's own that may be waived, with the reason. */
const waivableOf = ({ ruleId, title, reason, waivable }: Finding) =>
  waivable === undefined ? [] : [{ ruleId, title, reason, waivable }]
