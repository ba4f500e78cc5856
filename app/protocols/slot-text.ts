import { z } from 'zod'
import { installActions } from '@/lib/domain/trial/install-action'
import { isDeclaration } from '@/lib/domain/trial/mechanism'
import type { EnforcementTime, SlotPlan } from '@/lib/domain/trial/protocol'
import { planLimits } from '@/lib/domain/trial/protocol-rules'

export const text = z
  .string()
  .max(planLimits.text, `At most ${planLimits.text.toLocaleString('en')} characters.`)
/** A section that older forms and links do not send. */
export const section = text.default('')

/** One command or declaration as it is typed. */
export const slotFields = z.object({
  mechanism: z.enum(['command', 'declaration']).default('command'),
  // Both kinds have their fields, so that nothing typed is lost while one looks at the other.
  installAction: z.enum(installActions),
  productKey: text,
  productVersion: text,
  targetVersion: section,
  targetBuild: section,
  when: z.enum(['asSoonAsPossible', 'atLocalTime']).default('asSoonAsPossible'),
  daysLater: section,
  clock: section,
  detailsUrl: section,
  lookAt: section,
  expect: section,
})

type SlotText = z.output<typeof slotFields>

export const emptySlot = (): SlotText => ({
  mechanism: 'command',
  installAction: 'Default',
  productKey: '',
  productVersion: '',
  targetVersion: '',
  targetBuild: '',
  when: 'asSoonAsPossible',
  daysLater: '1',
  clock: '',
  detailsUrl: '',
  lookAt: '',
  expect: '',
})

/** A typed number, also with a decimal comma: undefined where nothing is typed, NaN where it is none. */
export const number = (typed: string): number | undefined => {
  const clean = typed.trim().replace(',', '.')
  if (clean === '') return undefined
  return /^-?\d+(\.\d+)?$/.test(clean) ? Number(clean) : Number.NaN
}

/** What is written of these sections. An empty one is left out, as in every version from before it was there. */
export const written = <T extends string>(
  sections: Record<T, string>,
): Partial<Record<T, string>> =>
  // fromEntries loses the names of the sections.
  Object.fromEntries(
    Object.entries<string>(sections)
      .map(([name, typed]) => [name, typed.trim()] as const)
      .filter(([, typed]) => typed !== ''),
  ) as Partial<Record<T, string>>

const timeOf = ({ when, daysLater, clock }: SlotText): EnforcementTime =>
  when === 'asSoonAsPossible'
    ? { kind: when }
    : { kind: when, daysLater: number(daysLater) ?? Number.NaN, clock: clock.trim() }

/** The slot that the typed text says; what was typed of the other kind is left out. */
export function slotOf(typed: SlotText): SlotPlan {
  const { mechanism, lookAt, expect, targetVersion, targetBuild, detailsUrl } = typed
  if (mechanism === 'declaration')
    return {
      ...written({ lookAt, expect, targetBuild, detailsUrl }),
      mechanism,
      targetVersion: targetVersion.trim(),
      when: timeOf(typed),
    }
  return {
    ...written({ lookAt, expect }),
    installAction: typed.installAction,
    productKey: typed.productKey.trim() || undefined,
    productVersion: typed.productVersion.trim() || undefined,
  }
}

/** A stored slot as the editor shows it. */
export function slotText(slot: SlotPlan): SlotText {
  const { lookAt = '', expect = '' } = slot
  if (!isDeclaration(slot)) {
    const { installAction, productKey = '', productVersion = '' } = slot
    return { ...emptySlot(), lookAt, expect, installAction, productKey, productVersion }
  }
  const { mechanism, targetVersion, targetBuild = '', when, detailsUrl = '' } = slot
  return {
    ...{ ...emptySlot(), mechanism, lookAt, expect, targetVersion, targetBuild, detailsUrl },
    when: when.kind,
    ...(when.kind === 'atLocalTime' && { daysLater: String(when.daysLater), clock: when.clock }),
  }
}
