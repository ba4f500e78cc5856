'use client'

import {
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
import { createContext, type ReactNode, useContext, useState } from 'react'
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
  children: ReactNode
}

const wholeTrial = { value: '', label: 'of the trial as a whole' }

type Attaching = ReturnType<typeof useUploads> &
  Pick<Props, 'places'> & {
    place: string
    choose: (place: string) => void
    attach: (files: File[]) => void
    /** Of each button. */
    props: { disabled: boolean; title: string | undefined }
  }

const AttachingContext = createContext<Attaching | undefined>(undefined)

/** Around the bench, whose camera button and row of files are one thing in two places. */
export function Attach({ trialId, places, reason, children }: Props) {
  const ready = useReady()
  const uploads = useUploads(trialId)
  const [chosen, choose] = useState<string>()
  // A sighting that was just logged is what the next photo shows, until another one is chosen.
  const place = chosen ?? places[0]?.value ?? wholeTrial.value
  const attach = (files: File[]) => uploads.add(files, place === '' ? undefined : Number(place))
  const props = { disabled: !ready || reason !== undefined, title: reason }
  return (
    <AttachingContext value={{ ...uploads, places, place, choose, attach, props }}>
      {children}
    </AttachingContext>
  )
}

function useAttaching(): Attaching {
  const attaching = useContext(AttachingContext)
  if (!attaching) throw new Error('this stands within Attach')
  return attaching
}

/** Among the buttons for what is seen: a photo or a recording, of the newest sighting if no other one was chosen. */
export function CameraButton() {
  const { attach, props } = useAttaching()
  return (
    <FileButton onChange={attach} accept="image/*,video/*" capture="environment" multiple>
      {(button) => (
        <Button
          {...button}
          {...props}
          variant="light"
          leftSection={<IconCamera size={20} aria-hidden />}
          h={48}
          px={4}
        >
          Camera
        </Button>
      )}
    </FileButton>
  )
}

/** A file in place of the camera, what it belongs to, and the files on their way. */
export function AttachedFiles() {
  const { places, place, choose, attach, props, ...uploads } = useAttaching()
  return (
    <Stack
      gap="xs"
      component="section"
      aria-label="Photos and recordings"
      data-record-only={uploads.sendings.length === 0 || undefined}
    >
      <Group gap="xs" data-record-only>
        <FileButton onChange={attach} accept={fileTypes} multiple>
          {(button) => (
            <Button
              {...button}
              {...props}
              variant="default"
              leftSection={<IconPaperclip size={18} aria-hidden />}
            >
              Attach a file
            </Button>
          )}
        </FileButton>
        <NativeSelect
          aria-label="Attach to"
          data={[...places, wholeTrial]}
          value={place}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
          disabled={props.disabled}
          style={{ flex: '1 1 12rem', minWidth: 0 }}
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
