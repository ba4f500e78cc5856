-- Simulated data is no evidence: the mark comes from the MDM server and cannot be removed.
create or replace function mark_device() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE by_server boolean;
BEGIN
  SELECT simulated INTO by_server FROM mdm_servers WHERE id = NEW.mdm_server_id;
  IF TG_OP = 'INSERT' THEN
    NEW.simulated := coalesce(by_server, NEW.simulated);
  ELSIF by_server IS DISTINCT FROM OLD.simulated AND by_server IS NOT NULL THEN
    RAISE EXCEPTION 'device % is % and cannot move to a % MDM server', OLD.id,
      CASE WHEN OLD.simulated THEN 'simulated' ELSE 'real' END, CASE WHEN by_server THEN 'virtual' ELSE 'real' END
      USING ERRCODE = 'integrity_constraint_violation';
  ELSE
    NEW.simulated := OLD.simulated;
  END IF;
  RETURN NEW;
END $$;

create or replace trigger marks_simulated before insert or update on devices
  for each row execute function mark_device();
