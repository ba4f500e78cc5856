/** A run of words that both texts have, or only one. */
export type TextRun = { kind: 'same' | 'removed' | 'added'; text: string }

/** Beyond this many words of one text the table of the comparison is too large, and the texts are shown whole. */
const maxWords = 1_200

/** Words with the blanks after them, so that the runs put together are the text again. */
const wordsOf = (text: string): string[] => text.match(/\s+|\S+\s*/g) ?? []

/** What two texts share and what they do not, word by word: their longest common subsequence. */
export function wordDifference(before: string, after: string): TextRun[] {
  const [old, fresh] = [wordsOf(before), wordsOf(after)]
  if (old.length > maxWords || fresh.length > maxWords)
    return before === after
      ? joined([{ kind: 'same', text: after }])
      : joined([
          { kind: 'removed', text: before },
          { kind: 'added', text: after },
        ])
  const common = commonLengths(old, fresh)
  const runs: TextRun[] = []
  let [i, j] = [0, 0]
  while (i < old.length || j < fresh.length) {
    const [left, right] = [old[i], fresh[j]]
    if (left !== undefined && left === right) {
      runs.push({ kind: 'same', text: left })
      i += 1
      j += 1
    } else if (
      left !== undefined &&
      (right === undefined || lengthAt(common, i + 1, j) >= lengthAt(common, i, j + 1))
    ) {
      runs.push({ kind: 'removed', text: left })
      i += 1
    } else {
      runs.push({ kind: 'added', text: right ?? '' })
      j += 1
    }
  }
  return joined(runs)
}

const lengthAt = (common: readonly Uint16Array[], i: number, j: number) => common[i]?.[j] ?? 0

/** The length of the longest common subsequence of what follows each pair of places. */
function commonLengths(old: readonly string[], fresh: readonly string[]): Uint16Array[] {
  const rows = Array.from({ length: old.length + 1 }, () => new Uint16Array(fresh.length + 1))
  for (let i = old.length - 1; i >= 0; i -= 1) {
    const row = rows[i] ?? new Uint16Array()
    for (let j = fresh.length - 1; j >= 0; j -= 1)
      row[j] =
        old[i] === fresh[j]
          ? lengthAt(rows, i + 1, j + 1) + 1
          : Math.max(lengthAt(rows, i + 1, j), lengthAt(rows, i, j + 1))
  }
  return rows
}

/** Neighbours of one kind as one run; removed words stand before those that replace them. */
function joined(runs: readonly TextRun[]): TextRun[] {
  const out: TextRun[] = []
  for (const run of runs) {
    const last = out.at(-1)
    if (run.text === '') continue
    if (last?.kind === run.kind) last.text += run.text
    else out.push({ ...run })
  }
  return out
}
