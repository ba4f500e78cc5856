-- A proof begins unused and is used once, by the signature it was given for: this is only ever written from within
-- the trigger of the table signatures.
create or replace function guard_proof() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.used_at IS NOT NULL THEN
      RAISE EXCEPTION 'a proof begins unused' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.id, NEW.by_id, NEW.method, NEW.act, NEW.subject_id, NEW.at) IS DISTINCT FROM
     (OLD.id, OLD.by_id, OLD.method, OLD.act, OLD.subject_id, OLD.at)
     OR OLD.used_at IS NOT NULL OR pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'a proof never changes; a signature uses it, once' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger is_used_once before insert or update on proofs
  for each row execute function guard_proof();
