import { z } from 'zod'

// Next runs this before any other module of the page. Zod would try to compile its parsers with
// `new Function`, which the policy of our pages refuses and reports.
z.config({ jitless: true })
