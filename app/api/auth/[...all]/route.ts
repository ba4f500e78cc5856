import { auth } from '@/lib/auth/auth'
import { enterRouteUnasked } from '@/lib/auth/door'
import { isOpenPath } from '@/lib/auth/open-paths'

const answer = (request: Request) =>
  enterRouteUnasked(request, 'signIn', async () => {
    const path = new URL(request.url).pathname.replace(/^\/api\/auth/, '')
    return isOpenPath(path) ? auth().handler(request) : new Response('Not found', { status: 404 })
  })

export { answer as GET, answer as POST }
