/** What arms can differ in, under the names that the outcomes of trials are compared by. */
export const armFactors = ['passcode', 'power', 'network', 'action', 'hour'] as const
export type ArmFactor = (typeof armFactors)[number]

/** What a random assignment can be balanced within: facts of the device that no arm changes. */
export const armStrata = ['version', 'platform', 'model'] as const
export type ArmStratum = (typeof armStrata)[number]

/** An arm: one level of each declared factor. Under one name it asks for the same in all versions of a protocol. */
export type Arm = {
  name: string
  /** How often it is in a block beside the other arms. */
  weight: number
  levels: Partial<Record<ArmFactor, string>>
}

/** The factors that a protocol declares with their levels, its arms, and how a trial is assigned to one at random. */
export type TrialDesign = {
  factors: { factor: ArmFactor; levels: string[] }[]
  arms: Arm[]
  strata: ArmStratum[]
  /** The sizes of blocks, as multiples of the sum of the weights; which of them a block has is drawn with it. */
  blocks: number[]
  /** How many trials are planned in all arms; absent where nothing is. */
  planned?: number | undefined
}
