declare module 'heic-decode' {
  type Picture = { width: number; height: number; data: Uint8ClampedArray }
  type Found = { width: number; height: number; decode(): Promise<Picture> }
  const heicDecode: {
    /** The pictures of a file, none of them decoded yet. */
    all(given: { buffer: Uint8Array }): Promise<Found[] & { dispose(): void }>
  }
  export default heicDecode
}
