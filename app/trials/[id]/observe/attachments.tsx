'use client'

import { Text, UnstyledButton } from '@mantine/core'
import { IconMovie, IconPhoto } from '@tabler/icons-react'
import { useState } from 'react'
import { UserText } from '@/components/data/text'
import { opened } from '@/components/forms/opened'
import { useReady } from '@/components/forms/ready-form'
import {
  type AttachmentType,
  attachmentInfo,
  bytesInWords,
  shortHash,
} from '@/lib/domain/attachment/attachment'
import { paths } from '@/lib/paths'
import classes from './attachments.module.css'

const LargeAttachment = opened(() =>
  import('./large-attachment').then((file) => file.LargeAttachment),
)

/** An attachment as the page shows it; times in ISO 8601. */
export type ShownAttachment = {
  id: number
  fileName: string
  type: AttachmentType
  bytes: number
  sha256: string
  attachedAt: string
  byName: string
  withdrawn: { byName: string; at: string; reason: string } | undefined
  /** Undefined while there is none yet, and in a history. */
  preview: { state: 'made' | 'none'; reason: string | null; takenText: string | null } | undefined
}

type Props = { trialId: string; shown: ShownAttachment[]; canWithdraw: boolean }

/** Photos and recordings: small ones in a row, each opened large by a press. */
export function Attachments({ trialId, shown, canWithdraw }: Props) {
  const ready = useReady()
  const [open, setOpen] = useState<number>()
  const large = shown.find(({ id }) => id === open)
  if (shown.length === 0) return null
  return (
    <>
      <ul className={classes.list} aria-label="Attachments">
        {shown.map((one) => (
          <li key={one.id}>
            <UnstyledButton
              className={classes.one}
              disabled={!ready}
              onClick={() => setOpen(one.id)}
            >
              <Thumbnail trialId={trialId} attachment={one} />
              <Text span size="xs" className={one.withdrawn ? classes.struck : undefined}>
                <UserText>{one.fileName}</UserText>
                <br />
                {attachmentInfo(one.type).label}, {bytesInWords(one.bytes)}
                <br />
                SHA-256 {shortHash(one.sha256)}…
                <br />
                by <UserText>{one.byName}</UserText>
              </Text>
            </UnstyledButton>
            {one.withdrawn && (
              <Text size="xs">
                withdrawn by <UserText>{one.withdrawn.byName}</UserText>:{' '}
                <UserText>{one.withdrawn.reason}</UserText>
              </Text>
            )}
          </li>
        ))}
      </ul>
      {large && (
        <LargeAttachment
          trialId={trialId}
          attachment={large}
          canWithdraw={canWithdraw}
          onClose={() => setOpen(undefined)}
        />
      )}
    </>
  )
}

type One = { trialId: string; attachment: ShownAttachment }

function Thumbnail({ trialId, attachment: { id, type, preview } }: One) {
  const isPhoto = attachmentInfo(type).kind === 'photo'
  if (preview?.state === 'made')
    return (
      <img
        src={paths.attachment(trialId, id, { as: 'preview' })}
        alt={`Attachment ${id}`}
        width={96}
        height={72}
        loading="lazy"
        className={classes.picture}
      />
    )
  const Icon = isPhoto ? IconPhoto : IconMovie
  return (
    <span className={classes.picture}>
      <Icon size={32} stroke={1.5} aria-label={isPhoto ? 'Photo' : 'Recording'} />
    </span>
  )
}
