create or replace function guard_api_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.user_id, NEW.name, NEW.scopes, NEW.sha256, NEW.hint, NEW.made_at, NEW.expires_at) IS DISTINCT FROM
     (OLD.id, OLD.user_id, OLD.name, OLD.scopes, OLD.sha256, OLD.hint, OLD.made_at, OLD.expires_at) THEN
    RAISE EXCEPTION 'what a key is for stands; make another one' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.revoked_at IS NOT NULL AND
     (NEW.revoked_at, NEW.revoked_by_id, NEW.revoked_by_name) IS DISTINCT FROM (OLD.revoked_at, OLD.revoked_by_id, OLD.revoked_by_name) THEN
    RAISE EXCEPTION 'a revoked key stays revoked' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger stands before update on api_keys for each row execute function guard_api_key();
