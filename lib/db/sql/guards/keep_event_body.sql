-- The bytes of an event and where they are from never change; what was read of them may be written again after the reader was fixed.
create or replace function keep_event_body() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.mdm_server_id, NEW.received_at, NEW.body, NEW.sha256, NEW.source, NEW.report_id, NEW.report_at) IS DISTINCT FROM
     (OLD.id, OLD.mdm_server_id, OLD.received_at, OLD.body, OLD.sha256, OLD.source, OLD.report_id, OLD.report_at) THEN
    RAISE EXCEPTION 'the bytes of raw event % never change', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger keeps_its_bytes before update on raw_events
  for each row execute function keep_event_body();
