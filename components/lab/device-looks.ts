import {
  IconBellRinging,
  IconCloudDownload,
  IconCloudOff,
  IconDeviceMobile,
  IconMoon,
  IconPackage,
  IconPlayerPause,
  IconRefresh,
  IconWifi,
} from '@tabler/icons-react'
import type { LabDeviceView } from '@/lib/virtual-lab/control-client'
import type { StatusLook } from '../data/status'

/** How far the update on a virtual device is. */
export const phaseLooks: Record<LabDeviceView['phase'], StatusLook> = {
  none: {
    word: 'no update on it',
    icon: IconDeviceMobile,
    color: 'gray',
    meaning: 'Nothing has been downloaded, and nothing is under way',
  },
  downloading: {
    word: 'downloading',
    icon: IconCloudDownload,
    color: 'blue',
    meaning: 'It stands still while the device is offline',
  },
  downloaded: {
    word: 'downloaded',
    icon: IconPackage,
    color: 'blue',
    meaning: 'The next command installs it',
  },
  prompting: {
    word: 'prompt showing',
    icon: IconBellRinging,
    color: 'orange',
    meaning: 'A person must enter the passcode, choose “tonight” or decline',
  },
  tonight: {
    word: 'scheduled for tonight',
    icon: IconMoon,
    color: 'violet',
    meaning: 'It installs by itself; one more command starts it at once (radar 45414727)',
  },
  installing: {
    word: 'installing',
    icon: IconRefresh,
    color: 'orange',
    meaning: 'Past the point of no return, and still awake',
  },
  dark: {
    word: 'restarting',
    icon: IconRefresh,
    color: 'red',
    meaning: 'Past the point of no return; it can neither be reached nor answer',
  },
}

/** Whether the virtual server can reach the device. */
export const reachLooks: Record<'online' | 'offline' | 'dark', StatusLook> = {
  online: { word: 'online', icon: IconWifi, color: 'green', meaning: 'It polls the server' },
  offline: {
    word: 'offline',
    icon: IconCloudOff,
    color: 'gray',
    meaning: 'Somebody has taken it offline; commands wait at the server',
  },
  dark: {
    word: 'not reachable',
    icon: IconPlayerPause,
    color: 'yellow',
    meaning: 'It is restarting into its update',
  },
}
