-- A trial: the transition table of lib/domain/trial/trial, the seal, and the end of writing. What may still change of a concluded
-- one has its own guards: guard_corrected_outcome and guard_reopened_trial.
create or replace function guard_trial() returns trigger language plpgsql as $$
DECLARE
  leads_to text[] := {{trial_transitions}};
  ending text[] := array['end_os', 'end_build', 'end_supplemental_build', 'end_seen_at'];
BEGIN
  IF OLD.state IN {{closed_trial_states}} THEN
    -- Its sightings can be corrected until it is sealed, and its end rests on them.
    IF OLD.state = 'concluded' AND to_jsonb(NEW) - ending = to_jsonb(OLD) - ending
       AND EXISTS (SELECT FROM observations WHERE trial_id = OLD.id AND corrects_id IS NOT NULL) THEN
      RETURN NEW;
    END IF;
    RAISE EXCEPTION 'trial T-% is %: nothing is written to it any more', OLD.number, OLD.state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state <> OLD.state AND NOT (NEW.state = ANY (leads_to)) THEN
    RAISE EXCEPTION 'trial T-% cannot go from % to %', OLD.number, OLD.state, NEW.state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (NEW.id, NEW.number, NEW.drafted_at, NEW.drafted_by) IS DISTINCT FROM (OLD.id, OLD.number, OLD.drafted_at, OLD.drafted_by)
     OR (OLD.state <> 'draft' AND (NEW.protocol_version_id, NEW.expectation, NEW.prediction, NEW.registration, NEW.registration_hash, NEW.registered_at, NEW.registered_by)
         IS DISTINCT FROM (OLD.protocol_version_id, OLD.expectation, OLD.prediction, OLD.registration, OLD.registration_hash, OLD.registered_at, OLD.registered_by)) THEN
    RAISE EXCEPTION 'what trial T-% registered is sealed', OLD.number USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.consumed AND ((NOT NEW.consumed AND NOT (OLD.state = 'observing' AND NEW.state = 'registered'))
     OR (NEW.consumed AND (NEW.start_os, NEW.start_build, NEW.starting_state, NEW.starting_facts)
       IS DISTINCT FROM (OLD.start_os, OLD.start_build, OLD.starting_state, OLD.starting_facts))) THEN
    RAISE EXCEPTION 'trial T-% has consumed its baseline', OLD.number USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state = 'observing' AND NOT NEW.consumed THEN
    RAISE EXCEPTION 'a trial that is observing has consumed its baseline' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
create or replace trigger keeps_to_its_table before update on trials for each row
  when (not (old.state = 'concluded' and (new.state = 'observing' or (new.state = 'concluded' and (new.outcome, new.outcome_awaits) is distinct from (old.outcome, old.outcome_awaits)))))
  execute function guard_trial();
