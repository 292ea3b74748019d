/** The same test with thousands of programs out of new seeds. */
import './fuel.test.ts'
