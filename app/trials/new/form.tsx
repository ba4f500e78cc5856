'use client'

import { zodResolver } from '@hookform/resolvers/zod'
import {
  Alert,
  Box,
  Button,
  Group,
  MultiSelect,
  Select,
  Stack,
  Text,
  Textarea,
} from '@mantine/core'
import { IconCalendarTime, IconForms } from '@tabler/icons-react'
import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { Controller, useForm } from 'react-hook-form'
import { TextLink } from '@/components/data/links'
import { Refusal } from '@/components/data/refusal'
import { UserText } from '@/components/data/text'
import { Fit } from '@/components/device/fit'
import { RestoredNote, useFormDraft } from '@/components/forms/drafts'
import { ReadyForm } from '@/components/forms/ready-form'
import { useFormAction } from '@/components/forms/use-form-action'
import type { Environment } from '@/lib/domain/device/device'
import { outcomeInfo } from '@/lib/domain/outcome/outcome'
import { maxPredicted, predictableOutcomes } from '@/lib/domain/outcome/prediction'
import type { ProtocolFit } from '@/lib/domain/trial/protocol-fit'
import { paths } from '@/lib/paths'
import { type DeviceFits, draftAction, lookAtFitsAction } from './actions'
import { type ArmChoice, ArmChoices } from './arm-choices'
import type { DeviceChoice } from './device-choices'
import { DeviceSelect } from './device-select'
import { type DraftInput, draftSchema } from './schema'

const predicted = predictableOutcomes.map((value) => ({ value, label: outcomeInfo[value].label }))

type Props = {
  environment: Environment
  devices: DeviceChoice[]
  protocols: {
    value: string
    protocolId: string
    label: string
    question: string
    /** Empty where the protocol has no arms. */
    arms: ArmChoice[]
    /** Who wrote a version that waits for its review. */
    draftBy?: string
  }[]
  deviceId: string | undefined
  protocolId: string | undefined
  reason: string | undefined
  /** Whether this person takes a device over that somebody else has booked. */
  mayTakeOver: boolean
}

/** Chooses device and protocol and takes the expectation and the prediction; a device that does not qualify yet can be drafted for. */
export function NewTrialForm(props: Props) {
  const { environment, devices, protocols, deviceId, protocolId, reason, mayTakeOver } = props
  const router = useRouter()
  const form = useForm<DraftInput>({
    resolver: zodResolver(draftSchema),
    defaultValues: {
      deviceId: devices.find(({ value }) => value === deviceId)?.value ?? '',
      protocolVersionId: protocols.find((one) => one.protocolId === protocolId)?.value ?? '',
      expectation: '',
      prediction: [],
      arm: '',
      armReason: '',
    },
  })
  const { control, register, watch } = form
  const draft = useFormDraft(form, `trial/new/${deviceId ?? ''}/${protocolId ?? ''}`)
  const { errors } = form.formState
  const [looked, lookAgain] = useFits(watch('deviceId'))
  const fits = looked?.fits
  const lacks = looked?.lacks
  const fit = fits?.[watch('protocolVersionId')]
  const protocol = protocols.find(({ value }) => value === watch('protocolVersionId'))
  // What was typed for one booking takes over no other: the one in sight goes with it. A refusal may be of a newer one.
  const draftShown = async (given: DraftInput) => {
    const result = await draftAction({ ...given, shownBooking: looked?.booked?.bookingId })
    if (result.status === 'refused') await lookAgain()
    return result
  }
  const { busy, refusal, submit } = useFormAction(form, draftShown, {
    fields: [
      ...(['deviceId', 'protocolVersionId', 'expectation', 'prediction', 'takeOver'] as const),
      ...(['arm', 'armReason'] as const),
    ],
    onDone: ({ trialId }) => {
      draft.forget()
      router.push(paths.trial(trialId))
    },
  })
  return (
    <ReadyForm onSubmit={submit} aria-label="New trial">
      <Stack gap="md" maw={640}>
        <RestoredNote restored={draft.restored} />
        <Controller
          control={control}
          name="deviceId"
          render={({ field }) => (
            <DeviceSelect
              environment={environment}
              initial={devices}
              value={field.value}
              onChange={field.onChange}
              error={errors.deviceId?.message}
            />
          )}
        />
        {lacks && <Lacks words={lacks} deviceId={watch('deviceId')} />}
        <Controller
          control={control}
          name="protocolVersionId"
          render={({ field }) => (
            <Select
              label="Protocol"
              data={protocols.map(({ value, label }) => ({
                value,
                label: `${label}${fitSuffix(fits?.[value])}`,
              }))}
              searchable
              error={errors.protocolVersionId?.message}
              {...field}
              onChange={(value) => {
                field.onChange(value ?? '')
                // Another protocol has other arms.
                form.setValue('arm', '')
              }}
              allowDeselect={false}
              withAsterisk
            />
          )}
        />
        {protocol && <Text size="sm">{protocol.question}</Text>}
        {protocol?.draftBy !== undefined && (
          <Text size="sm">
            This version is a draft. The trial can be drafted with it, and registered once a lead
            other than <UserText>{protocol.draftBy}</UserText> has reviewed it.
          </Text>
        )}
        {protocol && protocol.arms.length > 0 && <ArmChoices form={form} arms={protocol.arms} />}
        {protocol && watch('deviceId') !== '' && <FitPlace fit={fit} />}
        {protocol && protocol.arms.length > 0 && (
          <Text size="xs" c="dimmed">
            Judged without what the arm asks for: that is judged once the trial has its arm.
          </Text>
        )}
        <Textarea
          label="What you expect"
          description="In your own words, before anything is known. It is sealed when you register."
          autosize
          minRows={3}
          error={errors.expectation?.message}
          withAsterisk
          {...register('expectation')}
        />
        <Controller
          control={control}
          name="prediction"
          render={({ field }) => (
            <MultiSelect
              label="Predicted outcome"
              description={`One of these, or up to ${maxPredicted}. It is sealed with your words and compared with the outcome. Leave it empty to predict nothing; then it counts neither as right nor as wrong.`}
              data={predicted}
              maxValues={maxPredicted}
              searchable
              clearable
              error={errors.prediction?.message}
              value={field.value ?? []}
              onChange={field.onChange}
              onBlur={field.onBlur}
            />
          )}
        />
        {looked?.booked && (
          <Alert
            color="orange"
            variant="outline"
            icon={<IconCalendarTime aria-hidden />}
            title="Somebody else has booked this device"
          >
            <UserText>{looked.booked.words}</UserText>.{' '}
            {mayTakeOver
              ? 'You may take it over with a reason: the booking ends, and the record of both says why.'
              : 'Draft after that, or ask a lead to take it over.'}
          </Alert>
        )}
        {looked?.booked && mayTakeOver && (
          <Textarea
            label="Why you take it over"
            autosize
            minRows={2}
            error={errors.takeOver?.message}
            withAsterisk
            {...register('takeOver')}
          />
        )}
        {refusal && <Refusal title="Not drafted" reason={refusal.reason} />}
        {reason && <Text size="sm">{reason}</Text>}
        <Group>
          <Button type="submit" loading={busy} disabled={reason !== undefined} title={reason}>
            Draft the trial
          </Button>
        </Group>
      </Stack>
    </ReadyForm>
  )
}

/** What the lab requires of a device and this one does not have: said before the draft is refused. */
const Lacks = ({ words, deviceId }: { words: string; deviceId: string }) => (
  <Alert
    color="orange"
    variant="outline"
    icon={<IconForms aria-hidden />}
    title="No trial can be drafted on this device yet"
  >
    <UserText>{words.replace(/^./, (first) => first.toUpperCase())}</UserText>.{' '}
    <TextLink href={paths.device(deviceId)} size="sm">
      Open the device
    </TextLink>
  </Alert>
)

type Looked = DeviceFits & { deviceId: string }

/** Without an answer the form goes without the hint, and the service judges anyway. */
async function lookAt(deviceId: string): Promise<Looked | undefined> {
  const result = await lookAtFitsAction({ deviceId }).catch(() => undefined)
  return result?.status === 'judged' ? { ...result, deviceId } : undefined
}

/** What is known of the chosen device for a trial, undefined until it is; and how to look at it again. */
function useFits(deviceId: string): [DeviceFits | undefined, lookAgain: () => Promise<void>] {
  const [known, setKnown] = useState<Looked>()
  useEffect(() => {
    if (deviceId === '') return
    let wanted = true
    lookAt(deviceId).then((found) => {
      if (wanted && found) setKnown(found)
    })
    return () => {
      wanted = false
    }
  }, [deviceId])
  const lookAgain = async () => setKnown((await lookAt(deviceId)) ?? known)
  return [known?.deviceId === deviceId ? known : undefined, lookAgain]
}

const fitWords = { qualified: 'fits', notYet: 'incomplete', no: 'does not fit' } as const

/** The fit in the list of protocols: " · fits", " · does not fit". */
const fitSuffix = (fit: ProtocolFit | undefined): string =>
  fit ? ` · ${fitWords[fit.overall]}` : ''

/** Room for the answer before it is in, so that what is typed and pressed below does not move. */
const FitPlace = ({ fit }: { fit: ProtocolFit | undefined }) => (
  <Box mih={{ base: 150, sm: 110 }}>
    {fit ? (
      <Fit fit={fit} />
    ) : (
      <Text size="sm">Checking whether this protocol fits this device …</Text>
    )}
  </Box>
)
