import { describeTwelve } from './twelve'

describeTwelve('pgsql')
