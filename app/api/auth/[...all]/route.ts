import { auth, isAnsweredPath } from '@/lib/auth/auth'
import { publicRoute } from '@/lib/auth/guard'

const answer = (request: Request) =>
  publicRoute(request, 'signIn', async () => {
    const path = new URL(request.url).pathname.replace(/^\/api\/auth/, '')
    return isAnsweredPath(path)
      ? auth().handler(request)
      : new Response('Not found', { status: 404 })
  })

export { answer as GET, answer as POST }
