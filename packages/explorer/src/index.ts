/** The explorer as a host serves it: a handful of static files, each with the headers that keep it to itself. */
export { type ExplorerFile, explorerFile } from './files.ts'
