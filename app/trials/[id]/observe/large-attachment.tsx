'use client'

import { Anchor, Group, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { ReasonModal } from '@/components/forms/reason-modal'
import { TextButton } from '@/components/forms/text-button'
import { attachmentInfo, bytesInWords } from '@/lib/domain/attachment/attachment'
import { reasonHint } from '@/lib/domain/text/reason'
import { paths } from '@/lib/paths'
import { withdrawAttachmentAction } from '../actions'
import type { ShownAttachment } from './attachments'
import classes from './attachments.module.css'

type Props = {
  trialId: string
  attachment: ShownAttachment
  canWithdraw: boolean
  onClose: () => void
}

/** A photo or recording, large, with what is known of its file. */
export const LargeAttachment = ({ onClose, ...props }: Props) => (
  <Modal opened onClose={onClose} title={`Attachment ${props.attachment.id}`} size="xl">
    <Large {...props} />
  </Modal>
)

function Large({ trialId, attachment, canWithdraw }: Omit<Props, 'onClose'>) {
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
          <TextButton size="sm" onClick={() => setWithdrawing(true)}>
            Withdraw…
          </TextButton>
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

type PictureProps = Pick<Props, 'trialId' | 'attachment'>

function Picture({ trialId, attachment: { id, type, preview } }: PictureProps) {
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
