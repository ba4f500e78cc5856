create or replace function only_by_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP IN ('DELETE', 'TRUNCATE') OR pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'a row of % is the fold over review_events and is written by them only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger comes_of_its_events before insert or update or delete on trial_reviews
  for each row execute function only_by_review();
create or replace trigger is_never_emptied before truncate on trial_reviews
  for each statement execute function only_by_review();
