import { type CountedPair, cohensKappa, type Kappa } from './kappa'

/** How often one outcome was decided first and one read second in a protocol. */
export type ReadingPairs = CountedPair & { protocolId: string; title: string; blinded: boolean }

export type AgreementRow = {
  /** Undefined for all protocols together. */
  protocolId: string | undefined
  title: string | undefined
  /** Of the blinded readings: a reader who knew the first outcome agrees with it for other reasons. */
  kappa: Kappa
  notBlinded: number
}

/** The agreement of first and second readers over all protocols, then in each by title; empty without readings. */
export function agreementRows(counted: readonly ReadingPairs[]): AgreementRow[] {
  if (counted.length === 0) return []
  const each = [...Map.groupBy(counted, ({ protocolId }) => protocolId)]
    .map(([protocolId, own]) => ({ protocolId, title: own[0]?.title ?? '', ...rowOf(own) }))
    .toSorted((a, b) => a.title.localeCompare(b.title) || (a.protocolId < b.protocolId ? -1 : 1))
  return [{ protocolId: undefined, title: undefined, ...rowOf(counted) }, ...each]
}

function rowOf(own: readonly ReadingPairs[]): Pick<AgreementRow, 'kappa' | 'notBlinded'> {
  const notBlinded = own.reduce((sum, { blinded, pairs }) => sum + (blinded ? 0 : pairs), 0)
  return { kappa: cohensKappa(own.filter(({ blinded }) => blinded)), notBlinded }
}
