-- An attachment is of an observation of its own trial, or of the trial as a whole
create or replace function guard_attachment_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.observation_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM observations WHERE id = NEW.observation_id AND trial_id = NEW.trial_id) THEN
    RAISE EXCEPTION 'observation % is not of this trial', NEW.observation_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger belongs_to_its_trial before insert on attachments
  for each row execute function guard_attachment_place();
