create or replace function guard_person_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.used_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL THEN
    RAISE EXCEPTION 'a link that was used or withdrawn stays so' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (NEW.id, NEW.kind, NEW.token_sha256, NEW.email, NEW.role, NEW.removes_second_factors, NEW.made_at, NEW.made_by_id, NEW.made_by_name, NEW.expires_at) IS DISTINCT FROM
     (OLD.id, OLD.kind, OLD.token_sha256, OLD.email, OLD.role, OLD.removes_second_factors, OLD.made_at, OLD.made_by_id, OLD.made_by_name, OLD.expires_at)
     OR (OLD.person_id IS NOT NULL AND NEW.person_id IS DISTINCT FROM OLD.person_id) THEN
    RAISE EXCEPTION 'what a link is for stands' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger ends_once before update on person_links
  for each row execute function guard_person_link();
