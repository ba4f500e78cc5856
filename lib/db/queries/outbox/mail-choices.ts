import { eq } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { mailChoices } from '@/lib/db/schema/notices'
import type { Topic } from '@/lib/domain/notice/topics'

/** Of what a person wants mail. */
export type MailChoice = { topics: readonly Topic[]; withSimulated: boolean }

/** Nothing unless the person has chosen something. */
export async function getMailChoice(db: Db, personId: string): Promise<MailChoice> {
  const { topics, withSimulated } = mailChoices
  const [row] = await db
    .select({ topics, withSimulated })
    .from(mailChoices)
    .where(eq(mailChoices.personId, personId))
  return row ?? { topics: [], withSimulated: false }
}

export async function storeMailChoice(
  db: Db,
  personId: string,
  { topics, withSimulated }: MailChoice,
): Promise<void> {
  const choice = { topics: [...topics], withSimulated }
  await db
    .insert(mailChoices)
    .values({ personId, ...choice })
    .onConflictDoUpdate({ target: mailChoices.personId, set: choice })
}
