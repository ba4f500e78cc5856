'use client'

import {
  ActionIcon,
  Anchor,
  Button,
  FileButton,
  Group,
  NativeSelect,
  Progress,
  Stack,
  Text,
} from '@mantine/core'
import { IconCamera, IconPaperclip } from '@tabler/icons-react'
import { usePathname } from 'next/navigation'
import { useState } from 'react'
import { UserText } from '@/components/data/text'
import { useReady } from '@/components/forms/ready-form'
import { attachmentTypeNames, bytesInWords } from '@/lib/domain/attachment/attachment'
import { paths } from '@/lib/paths'
import { type Sending, useUploads } from './use-uploads'

/** Named one by one, so that an iPhone sends its HEIC and not a JPEG made of it. */
const fileTypes = attachmentTypeNames.join(',')

type Place = { value: string; label: string }
type Props = {
  trialId: string
  /** The sightings a file can belong to, the newest first. */
  places: Place[]
  /** Why this person may not. */
  reason: string | undefined
}

const wholeTrial = { value: '', label: 'of the trial as a whole' }

/** Photos and recordings from the phone's camera or from a file, for a sighting or for the trial. */
export function Attach({ trialId, places, reason }: Props) {
  const ready = useReady()
  const uploads = useUploads(trialId)
  const [chosen, setChosen] = useState<string>()
  // A sighting that was just logged is what the next photo shows, until another one is chosen.
  const place = chosen ?? places[0]?.value ?? wholeTrial.value
  const add = (files: File[]) => uploads.add(files, place === '' ? undefined : Number(place))
  const disabled = !ready || reason !== undefined
  return (
    <Stack gap="xs" component="section" aria-label="Photos and recordings">
      <Group gap={6} wrap="nowrap">
        <FileButton onChange={add} accept="image/*,video/*" capture="environment" multiple>
          {(props) => (
            <Button
              {...props}
              leftSection={<IconCamera size={20} aria-hidden />}
              h={48}
              px="sm"
              style={{ flex: 'none' }}
              disabled={disabled}
              title={reason}
            >
              Camera
            </Button>
          )}
        </FileButton>
        <FileButton onChange={add} accept={fileTypes} multiple>
          {(props) => (
            <ActionIcon
              {...props}
              variant="default"
              size={48}
              aria-label="Attach a file"
              disabled={disabled}
              title={reason ?? 'Attach a file'}
            >
              <IconPaperclip size={20} aria-hidden />
            </ActionIcon>
          )}
        </FileButton>
        <NativeSelect
          aria-label="Attach to"
          size="md"
          data={[...places, wholeTrial]}
          value={place}
          onChange={({ currentTarget }) => setChosen(currentTarget.value)}
          disabled={disabled}
          style={{ flex: 1, minWidth: 0 }}
        />
      </Group>
      <Sendings {...uploads} />
    </Stack>
  )
}

/** The same for one sighting of the timeline. */
export function AttachTo({ trialId, observationId }: { trialId: string; observationId: number }) {
  const ready = useReady()
  const uploads = useUploads(trialId)
  return (
    <>
      <FileButton
        onChange={(files) => uploads.add(files, observationId)}
        accept={fileTypes}
        multiple
      >
        {(props) => (
          <Anchor {...props} component="button" type="button" size="xs" disabled={!ready}>
            attach
          </Anchor>
        )}
      </FileButton>
      <Sendings {...uploads} />
    </>
  )
}

type SendingsProps = Pick<ReturnType<typeof useUploads>, 'sendings' | 'resume' | 'remove'>

function Sendings({ sendings, resume, remove }: SendingsProps) {
  return sendings.map((one) => (
    <OneSending
      key={one.key}
      sending={one}
      onResume={() => resume(one.key)}
      onRemove={() => remove(one.key)}
    />
  ))
}

type OneProps = { sending: Sending; onResume: () => void; onRemove: () => void }

function OneSending({ sending, onResume, onRemove }: OneProps) {
  const { name, bytes, state, part, problem, signedOut } = sending
  const here = usePathname()
  return (
    <Stack gap={4}>
      <Group gap="xs" justify="space-between" wrap="nowrap">
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          <UserText>{name}</UserText>, {bytesInWords(bytes)}
        </Text>
        {/* The bar tells its progress; this is read out when it has ended. */}
        <Text
          size="sm"
          role={isUnderWay(state) ? undefined : 'status'}
          style={{ whiteSpace: 'nowrap' }}
        >
          {words(sending)}
        </Text>
      </Group>
      {(isUnderWay(state) || state === 'stopped') && (
        <Progress
          value={part * 100}
          aria-label={`${name} ${state === 'reading' ? 'read' : 'sent'}`}
          color={state === 'stopped' ? 'orange' : undefined}
        />
      )}
      {problem && (
        <Text size="sm" role="alert">
          {problem}{' '}
          {signedOut && (
            <Anchor size="sm" href={paths.signIn(here)} target="_blank">
              Sign in in another tab
            </Anchor>
          )}
          {signedOut && ', then continue here.'}
        </Text>
      )}
      <Group gap="xs">
        {state === 'stopped' && (
          <Button size="compact-md" onClick={onResume}>
            Continue
          </Button>
        )}
        <Button size="compact-md" variant="default" onClick={onRemove}>
          {state === 'attached' || state === 'refused' ? 'Dismiss' : 'Stop'}
        </Button>
      </Group>
    </Stack>
  )
}

const isUnderWay = (state: Sending['state']) => state === 'reading' || state === 'sending'

function words({ state, part }: Sending): string {
  const percent = `${Math.floor(part * 100)} %`
  return {
    reading: `computing its SHA-256: ${percent}`,
    sending: `sent: ${percent}`,
    stopped: `stopped at ${percent}`,
    refused: 'not attached',
    attached: 'attached',
  }[state]
}
