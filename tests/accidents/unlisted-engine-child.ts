/** The machine's child process as it is on Node 24.11, which has Unicode 16: for the parent that is all there is to see. */
Object.defineProperty(process, 'versions', {
  value: { ...process.versions, unicode: '16.0' },
})
await import('../../packages/sandbox/src/child.ts')
