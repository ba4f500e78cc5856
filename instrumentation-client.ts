// Next runs this before any other module of the page. Zod would try to compile its parsers with `new Function`, which
// the policy of our pages refuses and reports. This is where `z.config` keeps its settings; importing Zod to say it
// would bring 32 kB of it to every page (app/zod-settings.test.ts).
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } })

export {}
