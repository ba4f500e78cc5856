import { uuidForm } from '../domain/text/typed-text'
import type { GuardRefusal } from './keep-refusal'

/** Answers by which a service says that nothing was done, and why. */
const nos = ['refused', 'changed', 'busy']

/** What of a service's answer belongs into the trail as a refusal; undefined where it did what was asked. */
export function refusalIn(
  answer: unknown,
  input: unknown,
): Omit<GuardRefusal, 'actor' | 'what'> | undefined {
  const [status, reason] = [textAt(answer, 'status'), textAt(answer, 'reason')]
  if (status === undefined || !nos.includes(status)) return undefined
  return {
    reason: reason ?? status,
    trialId: idAt(input, 'trialId'),
    deviceId: idAt(input, 'deviceId'),
  }
}

function textAt(value: unknown, name: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const found: unknown = Reflect.get(value, name)
  return typeof found === 'string' ? found : undefined
}

const idAt = (value: unknown, name: string) => {
  const text = textAt(value, name)
  return text && uuidForm.test(text) ? text : undefined
}
