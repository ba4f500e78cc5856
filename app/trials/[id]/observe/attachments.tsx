'use client'

import { Anchor, Group, Modal, Stack, Text, UnstyledButton } from '@mantine/core'
import { IconMovie, IconPhoto } from '@tabler/icons-react'
import { useState } from 'react'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { ReasonModal } from '@/components/forms/reason-modal'
import {
  type AttachmentType,
  attachmentInfo,
  bytesInWords,
  shortHash,
} from '@/lib/domain/attachment/attachment'
import { reasonHint } from '@/lib/domain/text/reason'
import { paths } from '@/lib/paths'
import { withdrawAttachmentAction } from '../actions'
import classes from './attachments.module.css'

/** An attachment as the page shows it; times in ISO 8601. */
type ShownAttachment = {
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
  const [open, setOpen] = useState<number>()
  const opened = shown.find(({ id }) => id === open)
  if (shown.length === 0) return null
  return (
    <>
      <ul className={classes.list} aria-label="Attachments">
        {shown.map((one) => (
          <li key={one.id}>
            <UnstyledButton className={classes.one} onClick={() => setOpen(one.id)}>
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
      <Modal
        opened={opened !== undefined}
        onClose={() => setOpen(undefined)}
        title={opened && `Attachment ${opened.id}`}
        size="xl"
      >
        {opened && <Large trialId={trialId} attachment={opened} canWithdraw={canWithdraw} />}
      </Modal>
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

function Large({ trialId, attachment, canWithdraw }: One & Pick<Props, 'canWithdraw'>) {
  const [withdrawing, setWithdrawing] = useState(false)
  const { id, fileName, type, bytes, sha256, attachedAt, byName, withdrawn, preview } = attachment
  return (
    <Stack gap="sm">
      <Picture trialId={trialId} attachment={attachment} />
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        <UserText>{fileName}</UserText>: {attachmentInfo(type).label}, {bytesInWords(bytes)} (
        {bytes} bytes)
        <br />
        SHA-256 <code>{sha256}</code>
        <br />
        attached by <UserText>{byName}</UserText> <When at={attachedAt} />, by the server’s clock
        {preview?.takenText && (
          <>
            <br />
            taken {preview.takenText}, as the file says by the camera’s clock
          </>
        )}
        {preview?.state === 'none' && (
          <>
            <br />
            No preview: <UserText>{preview.reason}</UserText>
          </>
        )}
      </Text>
      {withdrawn && (
        <Text size="sm">
          Withdrawn by <UserText>{withdrawn.byName}</UserText> <When at={withdrawn.at} />:{' '}
          <UserText>{withdrawn.reason}</UserText>
        </Text>
      )}
      <Group>
        <Anchor size="sm" href={paths.attachment(trialId, id, { as: 'file' })}>
          Download the original
        </Anchor>
        <Anchor size="sm" href={paths.attachment(trialId, id, { as: 'withoutPlace' })}>
          Download without the place
        </Anchor>
        {canWithdraw && !withdrawn && (
          <Anchor component="button" type="button" size="sm" onClick={() => setWithdrawing(true)}>
            Withdraw…
          </Anchor>
        )}
      </Group>
      {withdrawing && (
        <ReasonModal
          asked={{
            title: `Withdraw attachment ${id}`,
            hint: `It stays on the record, struck through, with your reason. ${reasonHint}.`,
            verb: 'Withdraw',
            act: (reason) => withdrawAttachmentAction({ trialId, attachmentId: id, reason }),
          }}
          onClose={() => setWithdrawing(false)}
        />
      )}
    </Stack>
  )
}

function Picture({ trialId, attachment: { id, type, preview } }: One) {
  if (attachmentInfo(type).kind === 'recording')
    return (
      // biome-ignore lint/a11y/useMediaCaption: evidence as it was recorded; nobody has written captions for it
      <video
        src={paths.attachment(trialId, id)}
        controls
        preload="metadata"
        className={classes.large}
      />
    )
  if (preview?.state !== 'made') return null
  return (
    <img
      src={paths.attachment(trialId, id, { as: 'preview' })}
      alt={`Attachment ${id}, large`}
      className={classes.large}
    />
  )
}
