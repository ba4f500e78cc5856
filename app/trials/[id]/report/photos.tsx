import { Text, Title } from '@mantine/core'
import { UserText } from '@/components/data/text'
import { authorize } from '@/lib/auth/guard'
import {
  type Attachment,
  listAttachments,
  listPreviews,
  type Preview,
} from '@/lib/db/queries/trials/attachments'
import { attachmentInfo } from '@/lib/domain/attachment/attachment'
import { exactTime } from '@/lib/domain/text/instant'
import { paths } from '@/lib/paths'
import classes from './photos.module.css'

type Seen = { id: number; label: string; observedAt: string }
type Props = { trialId: string; observations: readonly Seen[] }

/** The photos of a trial under its timeline, each with what it shows. Only the page has them: a file names them by SHA-256. */
export async function Photos({ trialId, observations }: Props) {
  const { db } = await authorize('look')
  const [attachments, previews] = await Promise.all([
    listAttachments(db, trialId),
    listPreviews(db, trialId),
  ])
  if (attachments.length === 0) return null
  return (
    <section aria-label="Photos and recordings">
      <Title order={2} size="h4" mb={4}>
        Photos and recordings
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        Smaller pictures of the files in the timeline. The PDF and the JSON of this report name the
        files by SHA-256 and hold no pictures.
      </Text>
      <ul className={classes.photos}>
        {attachments.map((one) => (
          <li key={one.id}>
            <Photo
              attachment={one}
              preview={previews.get(one.sha256)}
              seen={observations.find(({ id }) => id === one.observationId)}
            />
          </li>
        ))}
      </ul>
    </section>
  )
}

type PhotoProps = {
  attachment: Attachment
  preview: Preview | undefined
  seen: Seen | undefined
}

function Photo({ attachment, preview, seen }: PhotoProps) {
  const { id, trialId, fileName, type, byName, withdrawn } = attachment
  return (
    <figure className={classes.photo}>
      {preview?.state === 'made' ? (
        // Not loaded lazily: what was not scrolled to would be missing on paper.
        <img src={paths.attachment(trialId, id, { as: 'preview' })} alt={`Attachment ${id}`} />
      ) : (
        <Text size="sm">
          {attachmentInfo(type).kind === 'photo' ? 'A photo' : 'A recording'} without a picture
          here: {preview?.reason ?? 'none has been made yet'}.
        </Text>
      )}
      <figcaption>
        <b>
          {seen
            ? `${seen.label}, seen ${exactTime(new Date(seen.observedAt))}`
            : 'Of the trial as a whole'}
        </b>
        <br />
        <UserText>{fileName}</UserText>, attachment {id}, by <UserText>{byName}</UserText>
        {preview?.takenText && <>, taken {preview.takenText} by the camera’s clock</>}
        {withdrawn && (
          <>
            <br />
            Withdrawn by <UserText>{withdrawn.byName}</UserText>:{' '}
            <UserText>{withdrawn.reason}</UserText>
          </>
        )}
      </figcaption>
    </figure>
  )
}
