create or replace function begin_trial() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> 'draft' OR NEW.consumed THEN
    RAISE EXCEPTION 'a trial begins as a draft' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger begins_as_draft before insert on trials for each row execute function begin_trial();
