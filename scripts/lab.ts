// The virtual lab alone, without the app: `npm run lab`.
import path from 'node:path'
import { readPlace } from './database'
import { readSecrets } from './secrets'

const { dataDir } = readPlace()
const secrets = readSecrets(dataDir)

// A folder of its own: the lab beside the app writes the other one.
process.env.VIRTUAL_LAB_STATE ||= path.join(dataDir, 'virtual-lab-alone')
process.env.VIRTUAL_LAB_API_KEY ||= secrets.virtualLabApiKey
process.env.VIRTUAL_LAB_HMAC_KEY ||= secrets.virtualLabHmacKey
console.log(`API user nanomdm; its password and the webhook's key are in ${dataDir}/secrets.json`)
await import('@/lib/virtual-lab/main')
