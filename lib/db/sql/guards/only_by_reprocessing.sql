create or replace function only_by_reprocessing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'a row of % is written by the event that is read again', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger comes_of_its_event before insert on raw_event_rereads
  for each row execute function only_by_reprocessing();
