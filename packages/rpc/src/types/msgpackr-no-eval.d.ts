// The part of msgpackr's build without eval that the frames use; the package ships types for its other entry points only.
declare module 'msgpackr/index-no-eval' {
  export class Packr {
    constructor(options: {
      readonly useRecords: false
      readonly mapsAsObjects: true
      readonly variableMapSize: true
      readonly moreTypes: false
      readonly int64AsType: 'number'
    })
    pack(value: unknown): Uint8Array
    unpack(bytes: Uint8Array): unknown
  }
}
