/** Sizes of labels in millimetres, each with a name that people find on the box of the labels. */
export const labelSizes = ['62x29', '89x36', 'a4'] as const
export type LabelSize = (typeof labelSizes)[number]

export const labelSizeWords: Record<LabelSize, string> = {
  '62x29': '62 × 29 mm',
  '89x36': '89 × 36 mm',
  a4: 'A4 sheet, 24 of 70 × 37 mm',
}

type Labelled = {
  labTag: string | null
  name: string
  modelName: string | null
  modelIdentifier: string | null
  serial: string | null
}

/** The texts of a label, the largest first; the code beside them holds an address and nothing else. */
export function labelTexts({ labTag, name, modelName, modelIdentifier, serial }: Labelled) {
  return {
    title: labTag ?? name,
    lines: [
      ...(labTag === null ? [] : [name]),
      modelName ?? modelIdentifier ?? 'model not known',
      serial === null ? 'serial not known' : `serial …${serial.slice(-4)}`,
    ],
  }
}
