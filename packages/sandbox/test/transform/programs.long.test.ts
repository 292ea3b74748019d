/** The same test with thousands of programs out of new seeds. */
import './programs.test.ts'
