create or replace function mark_reading() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT simulated INTO NEW.simulated FROM devices WHERE id = NEW.device_id;
  IF NEW.simulated AND NEW.source = 'mdm' THEN NEW.source := 'simulated'; END IF;
  IF NOT NEW.simulated AND NEW.source = 'simulated' THEN
    RAISE EXCEPTION 'a real device has no simulated reading' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger marks_simulated before insert on readings
  for each row execute function mark_reading();
