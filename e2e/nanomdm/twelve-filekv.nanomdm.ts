import { describeTwelve } from './twelve'

describeTwelve('filekv')
