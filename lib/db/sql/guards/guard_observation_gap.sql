create or replace function guard_observation_gap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.mdm_server_id, NEW.began_at, NEW.reason, NEW.recorded_at, NEW.simulated) IS DISTINCT FROM
     (OLD.id, OLD.mdm_server_id, OLD.began_at, OLD.reason, OLD.recorded_at, OLD.simulated)
     OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at)
     OR (OLD.marked_at IS NOT NULL AND NEW.marked_at IS DISTINCT FROM OLD.marked_at) THEN
    RAISE EXCEPTION 'an observation gap stands; only its end may be written, once' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger stands before update on observation_gaps
  for each row execute function guard_observation_gap();
