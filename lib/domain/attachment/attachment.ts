const mebibyte = 1024 * 1024

/** The largest file that is taken: about twelve minutes of an iPhone's 1080p recording. */
export const maxAttachmentBytes = 2048 * mebibyte
/** A file arrives in parts of at most this size: what a cut connection costs at most. */
export const attachmentPartBytes = 4 * mebibyte
/** What must stay free on the disk of the data folder, where the bundled database is too. */
export const minFreeForAttachments = 1024 * mebibyte
/** An upload that was not finished is removed after this time. */
export const uploadKeptMs = 24 * 3_600_000
/** As in the file systems of phones and computers. */
export const maxFileNameLength = 255

type TypeInfo = {
  label: string
  ending: string
  kind: 'photo' | 'recording'
  /** Whether a browser may show it in place of saving it. */
  inline: boolean
}

/** The types that are taken, by what the content is; nothing else is stored. */
const attachmentTypes = {
  'image/jpeg': { label: 'JPEG', ending: 'jpg', kind: 'photo', inline: true },
  'image/png': { label: 'PNG', ending: 'png', kind: 'photo', inline: true },
  'image/heic': { label: 'HEIC', ending: 'heic', kind: 'photo', inline: false },
  'image/heif': { label: 'HEIF', ending: 'heif', kind: 'photo', inline: false },
  'video/mp4': { label: 'MP4', ending: 'mp4', kind: 'recording', inline: false },
  'video/quicktime': { label: 'QuickTime', ending: 'mov', kind: 'recording', inline: false },
} as const satisfies Record<string, TypeInfo>
export type AttachmentType = keyof typeof attachmentTypes

// Object.keys forgets the key type.
export const attachmentTypeNames = Object.keys(attachmentTypes) as AttachmentType[]
export const acceptedTypes = 'a photo (JPEG, PNG, HEIC, HEIF) or a recording (MP4, QuickTime)'

export const attachmentInfo = (type: AttachmentType): TypeInfo => attachmentTypes[type]

/**
 * Brands of the file type box, ISO/IEC 14496-12 §4.3; HEIF's are of ISO/IEC 23008-12 §10. `mif1` and `msf1` say only
 * that it is HEIF, and stand first in what an iPhone writes beside `heic`. Unknown brands are no type: many other
 * formats have the same box.
 */
const brands: Record<string, AttachmentType> = {
  ...of('image/heic', ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx']),
  ...of('image/heif', ['mif1', 'msf1']),
  ...of('video/quicktime', ['qt  ']),
  ...of('video/mp4', ['isom', 'iso2', 'iso3', 'iso4', 'iso5', 'iso6', 'mp41', 'mp42', 'avc1']),
  ...of('video/mp4', ['M4V ', 'M4VP', 'mmp4', 'MSNV', '3gp4', '3gp5', '3gp6']),
}

function of(type: AttachmentType, names: readonly string[]): Record<string, AttachmentType> {
  return Object.fromEntries(names.map((name) => [name, type]))
}

/** How many bytes of the beginning of a file `typeOfContent` looks at. */
export const headBytes = 512

/** What a file is by its first bytes, whatever its name says; undefined if it is none of the types that are taken. */
export function typeOfContent(head: Uint8Array): AttachmentType | undefined {
  if (begins(head, [0xff, 0xd8, 0xff])) return 'image/jpeg'
  if (begins(head, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) && word(head, 12) === 'IHDR')
    return 'image/png'
  if (word(head, 4) !== 'ftyp') return undefined
  const major = brands[word(head, 8)]
  // A HEIF file names its coding among the brands it is compatible with.
  return major === 'image/heif' && compatible(head).includes('heic') ? 'image/heic' : major
}

const begins = (head: Uint8Array, bytes: readonly number[]) =>
  bytes.every((byte, at) => head[at] === byte)

const word = (head: Uint8Array, at: number) => String.fromCharCode(...head.subarray(at, at + 4))

function compatible(head: Uint8Array): string[] {
  const end = Math.min(new DataView(head.buffer, head.byteOffset).getUint32(0), head.length)
  const count = Math.max(0, Math.floor((end - 16) / 4))
  return Array.from({ length: count }, (_, index) => word(head, 16 + index * 4))
}

export const sha256Form = /^[0-9a-f]{64}$/

/** "412 KiB", "1.4 GiB". */
export function bytesInWords(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB']
  const step = bytes < 1024 ? 0 : Math.min(3, Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** step
  return `${value < 10 && step > 0 ? value.toFixed(1) : Math.round(value)} ${units[step]}`
}

/** The first of the digits of a SHA-256: enough for a person to tell two files apart. */
export const shortHash = (sha256: string): string => sha256.slice(0, 12)

/**
 * The name under which a file is saved by whoever downloads it: ours, as the given one may hold anything.
 * @param mark before the names of simulated trials
 */
export const downloadName = (
  { id, type }: { id: number; type: AttachmentType },
  trial: { number: number; simulated: boolean },
): string =>
  `${trial.simulated ? 'SIMULATED-' : ''}T-${trial.number}-attachment-${id}.${attachmentInfo(type).ending}`
