create or replace function keep_server_kind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.simulated IS DISTINCT FROM OLD.simulated THEN
    RAISE EXCEPTION 'an MDM server is virtual or real for ever' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  -- Commands sent through it are settled by the rules of its kind.
  IF NEW.kind IS DISTINCT FROM OLD.kind THEN
    RAISE EXCEPTION 'an MDM server keeps its kind' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger stays_virtual_or_real before update on mdm_servers
  for each row execute function keep_server_kind();
