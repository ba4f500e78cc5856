import classes from './shell.module.css'

/** Stays in sight as long as simulated rows are shown. */
export function SimulatedBand() {
  return (
    <div role="note" aria-label="Simulated" className={classes.band}>
      SIMULATED · from the virtual lab, never evidence
    </div>
  )
}
