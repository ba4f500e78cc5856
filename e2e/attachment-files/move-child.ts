import { openBucket } from '@/lib/attachment-store/bucket'
import type { BucketSettings } from '@/lib/attachment-store/bucket-call'
import { attachmentFolderIn } from '@/lib/attachment-store/folder'
import { moveToBucket } from '@/lib/attachment-store/move'

// A process that moves one file, to be killed while it does. Prints its peak of memory at the end.

const [given = ''] = process.argv.slice(2)
const { settings, dataFolder, file } = JSON.parse(given)
const parsed: BucketSettings = { ...settings, endpoint: new URL(settings.endpoint) }
const store = { ...attachmentFolderIn(dataFolder), bucket: openBucket(parsed) }
const moved = await moveToBucket(store, file)
process.stdout.write(JSON.stringify({ moved, maxBytes: process.resourceUsage().maxRSS * 1024 }))
