import { auth } from '@/lib/auth/auth'
import { enterRouteUnasked } from '@/lib/auth/door'

const answer = (request: Request) =>
  enterRouteUnasked(request, 'signIn', () => auth().handler(request))

export { answer as GET, answer as POST }
