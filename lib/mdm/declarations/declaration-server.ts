import type { KeyResult, VersionResult } from '../server-answers'

/** Why something at a declaration server is not known. */
export type NotRead = { ok: false; reason: string; noAnswer?: true }

export type HeldDeclaration = {
  identifier: string
  /** Undefined if the server names the declaration and does not give it: its identifier cannot be asked for. */
  type?: string
  /** It enforces a software update, or its settings may delay or install one. */
  aboutUpdates: boolean
}

type HeldSet = { set: string; declarations: HeldDeclaration[] }

/** The sets of one device at a declaration server, whoever made them, and the declarations in each. */
export type HeldSets = {
  ok: true
  sets: HeldSet[]
  /** How many sets and declarations were not looked into, because there are so many or it took so long. */
  leftOut: number
}

/**
 * A client of the API by which declarations are kept for devices: of a KMFDDM beside an MDM server, or of the same API
 * in a NanoHUB. None of its functions ever rejects.
 */
export type DeclarationServer = {
  /** As it is called in a sentence. */
  name: string
  version(): Promise<VersionResult>
  tryKey(): Promise<KeyResult>
  /** What it holds for one device, whoever put it there. It says nothing about what has reached the device. */
  sets(enrollmentId: string): Promise<HeldSets | NotRead>
}
