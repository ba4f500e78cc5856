/** A NanoMDM built by `go install` answers "unknown", so nothing may depend on the version. */
export type VersionResult =
  | { ok: true; version: string }
  | { ok: false; reason: string; noAnswer?: true }

/** Whether the server accepts the API key, by a call that changes nothing; `unknown` if the answer does not show it. */
export type KeyResult = { found: 'yes' | 'no' | 'unknown'; reason: string }
