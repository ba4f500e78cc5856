create or replace function guard_server_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.settled_at IS NOT NULL OR
     (NEW.id, NEW.mdm_server_id, NEW.at, NEW.by_id, NEW.by_name, NEW.findings, NEW.after_event_id, NEW.simulated) IS DISTINCT FROM
     (OLD.id, OLD.mdm_server_id, OLD.at, OLD.by_id, OLD.by_name, OLD.findings, OLD.after_event_id, OLD.simulated) THEN
    RAISE EXCEPTION 'what a check has found stands' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger stands before update on server_checks
  for each row execute function guard_server_check();
