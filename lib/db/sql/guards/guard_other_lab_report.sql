create or replace function guard_other_lab_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (to_jsonb(NEW) - '{withdrawn_at,withdrawn_by_id,withdrawn_by_name,withdrawn_reason}'::text[]) IS DISTINCT FROM
     (to_jsonb(OLD) - '{withdrawn_at,withdrawn_by_id,withdrawn_by_name,withdrawn_reason}'::text[]) THEN
    RAISE EXCEPTION 'what came from another lab stands; withdraw it' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.withdrawn_at IS NOT NULL THEN
    RAISE EXCEPTION 'a withdrawn report of another lab stays withdrawn' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger stands before update on other_lab_reports for each row execute function guard_other_lab_report();
