create or replace function mark_by_trial() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT simulated INTO NEW.simulated FROM trials WHERE id = NEW.trial_id;
  RETURN NEW;
END $$;

create or replace trigger marks_simulated before insert on attachments
  for each row execute function mark_by_trial();
create or replace trigger marks_simulated before insert on observations
  for each row execute function mark_by_trial();
create or replace trigger marks_simulated before insert on waivers
  for each row execute function mark_by_trial();
