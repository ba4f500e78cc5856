import { z } from 'zod'
import { serverKinds, storageKinds } from '@/lib/mdm/server-kinds'
import { line } from '../text-schema'

const isHttp = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
const hasNoLogin = (text: string) => {
  const { username, password } = new URL(text)
  return username === '' && password === ''
}
const blankIsAbsent = (key: string | undefined) => key || undefined

const seenSchema = z.object({
  name: z.string().max(500),
  slug: z.string().max(500),
  url: z.string().max(500),
  storage: z.enum(storageKinds).optional(),
  declarationsUrl: z.string().max(500).optional(),
})

const withoutLastSlash = (text: string) => text.replace(/(?<!\/)\/+$/, '')
const keySchema = z
  .string()
  .trim()
  .max(500)
  .regex(/^[\x21-\x7e]*$/, 'Use printable ASCII characters without spaces.')
  .optional()
  .transform(blankIsAbsent)

/** Keys left blank stay as they are; a new server needs both, which the service asks for. */
export const serverSchema = z.object({
  id: z.uuid().optional(),
  kind: z.enum(serverKinds).optional(),
  storage: z.enum(storageKinds).optional(),
  name: line(100, 'Write a name, such as "Lab MDM".'),
  slug: z
    .string()
    .trim()
    .regex(
      /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/,
      'Use small letters, digits and hyphens, 40 at most, such as lab-mdm.',
    ),
  url: z
    .string()
    .trim()
    .max(500, 'At most 500 characters.')
    .refine(isHttp, {
      message: 'Write an address such as http://127.0.0.1:9000 or https://mdm.lab.example.',
      abort: true,
    })
    .refine(hasNoLogin, { message: 'Leave name and password out; the API key is its own field.' })
    .transform(withoutLastSlash),
  apiKey: keySchema,
  /** Of the program beside it that keeps declarations; blank for none. */
  declarationsUrl: z
    .string()
    .trim()
    .max(500, 'At most 500 characters.')
    .refine((text) => text === '' || isHttp(text), {
      message: 'Write an address such as http://127.0.0.1:9002 or https://ddm.lab.example.',
      abort: true,
    })
    .refine((text) => text === '' || hasNoLogin(text), {
      message: 'Leave name and password out; the API key is its own field.',
    })
    .transform(withoutLastSlash)
    .optional(),
  declarationsKey: keySchema,
  hmacKey: z
    .string()
    .trim()
    .max(500)
    .refine((key) => key === '' || key.length >= 16, {
      message: 'Use 16 characters or more; whoever guesses it can forge what devices say.',
    })
    .optional()
    .transform(blankIsAbsent),
  /** What is left at the old address of its declarations stays there. */
  leavesDeclarations: z.boolean().optional(),
  /** Of an edit: what was typed over. */
  seen: seenSchema.optional(),
})

export type ServerText = z.input<typeof serverSchema>

export const idSchema = z.uuid()
