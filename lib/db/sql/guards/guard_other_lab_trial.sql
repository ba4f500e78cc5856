-- Rows come with their report and never later: what stands under a file is what is in it.
create or replace function guard_other_lab_trial() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM other_lab_trials t WHERE t.report_id = NEW.report_id)
     > (SELECT r.trials FROM other_lab_reports r WHERE r.id = NEW.report_id AND r.withdrawn_at IS NULL) THEN
    RAISE EXCEPTION 'a report of another lab has no more trials than its file' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

drop trigger if exists comes_with_its_report on other_lab_trials;
create constraint trigger comes_with_its_report after insert on other_lab_trials
  for each row execute function guard_other_lab_trial();
