const words: Record<string, string> = {
  reserved: 'recorded and held',
  claimed: 'claimed for sending',
  pushed: 'the device was woken by a push',
  pushFailed: 'the push failed; the command is queued all the same',
  notNow: 'the device cannot do it now',
  foundInQueue: 'looked up',
  notFoundInQueue: 'looked up',
  clearingQueue: 'the queue of the device is being emptied',
  queueCleared: 'the queue of the device was emptied',
  queueNotCleared: 'the queue of the device was not emptied',
  withdrawing: 'it is being taken back',
  answered: 'answered',
  answeredAgain: 'answered again',
}

/** An event of a command in words, on the page and in a report. */
export const deliveryWord = (kind: string): string => words[kind] ?? kind
