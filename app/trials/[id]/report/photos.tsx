import { Text, Title } from '@mantine/core'
import { LineText } from '@/components/report/report-section'
import { authorize } from '@/lib/auth/guard'
import { listAttachments, listPreviews } from '@/lib/db/queries/trials/attachments'
import { piecesOf, textOf } from '@/lib/domain/report/blocks'
import { photosTitle, type ReportPhoto, reportPhotos } from '@/lib/domain/report/photos'
import { paths } from '@/lib/paths'
import classes from './photos.module.css'

type Props = { trialId: string; observations: Parameters<typeof reportPhotos>[2] }

/** The photos of a trial under its timeline, each with what it shows. */
export async function Photos({ trialId, observations }: Props) {
  const { db } = await authorize('look')
  const [attachments, previews] = await Promise.all([
    listAttachments(db, trialId),
    listPreviews(db, trialId),
  ])
  if (attachments.length === 0) return null
  return (
    <section aria-label={photosTitle}>
      <Title order={2} size="h4" mb={4}>
        {photosTitle}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        Smaller pictures of the files in the timeline. The PDF has them too; the JSON names the
        files by SHA-256.
      </Text>
      <ul className={classes.photos}>
        {reportPhotos(attachments, previews, observations).map((photo) => (
          <li key={photo.id}>
            <Photo trialId={trialId} photo={photo} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function Photo({ trialId, photo }: { trialId: string; photo: ReportPhoto }) {
  const { id, heading, caption, without } = photo
  return (
    <figure className={classes.photo}>
      {without === undefined ? (
        // Not loaded lazily: what was not scrolled to would be missing on paper.
        <img src={paths.attachment(trialId, id, { as: 'preview' })} alt={`Attachment ${id}`} />
      ) : (
        <Text size="sm">{without}</Text>
      )}
      <figcaption>
        <b>{heading}</b>
        {caption.map((line) => (
          <div key={piecesOf(line).map(textOf).join('')}>
            <LineText line={line} />
          </div>
        ))}
      </figcaption>
    </figure>
  )
}
