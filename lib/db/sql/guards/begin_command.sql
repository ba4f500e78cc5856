create or replace function begin_command() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> 'reserved' OR NEW.answered_at IS NOT NULL THEN
    RAISE EXCEPTION 'a command begins as reserved' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger begins_reserved before insert on commands
  for each row execute function begin_command();
