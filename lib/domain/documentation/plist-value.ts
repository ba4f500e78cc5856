/**
 * A value of a property list as it was received. Every value has its type, so that an integer where Apple documents a
 * boolean (IsDownloaded on iOS 11.3, radar 45414737) is still recognised later. A real that is not finite (`nan`,
 * `inf`) is `undefined`.
 */
export type PlistValue =
  | { type: 'string'; value: string }
  | { type: 'integer'; value: number }
  | { type: 'real'; value: number | undefined }
  | { type: 'boolean'; value: boolean }
  | { type: 'date'; value: Date }
  | { type: 'data'; value: Uint8Array }
  | { type: 'array'; items: PlistValue[] }
  | { type: 'dict'; entries: Map<string, PlistValue> }

export type ValueType = PlistValue['type']
