/** `field` is the path in the form; `reason` contains the accepted form. */
export type PlanProblem = { field: string; reason: string }

export const problem = (field: string, reason: string): PlanProblem[] => [{ field, reason }]
