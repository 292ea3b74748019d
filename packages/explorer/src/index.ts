/** The explorer as a host serves it: a few static files, with headers that isolate them. */
export { type ExplorerFile, explorerFile } from './files.ts'
