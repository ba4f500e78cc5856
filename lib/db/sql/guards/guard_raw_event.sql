-- An event that was read does not change; one that could not be read or matched may be reprocessed by a person, and its
-- earlier state is kept.
create or replace function guard_raw_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.read_state IN ('read', 'duplicate') THEN
    RAISE EXCEPTION 'raw event % is %: that stands', OLD.id, OLD.read_state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.read_state IN ('unreadable', 'unmatched') THEN
    IF NEW.read_state <> 'unread' THEN
      RAISE EXCEPTION 'raw event % is %: it can only become unread', OLD.id, OLD.read_state USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.reread_by IS NULL OR NEW.reread_at IS NULL THEN
      RAISE EXCEPTION 'raw event % is read again by somebody, at a time', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    INSERT INTO raw_event_rereads (raw_event_id, was_state, was_reason, was_read_at, at, by_name)
    VALUES (OLD.id, OLD.read_state, OLD.reason, OLD.read_at, NEW.reread_at, NEW.reread_by);
  ELSIF NEW.read_state <> 'unread' THEN
    -- raw_event_rereads has it; the next reprocessing must name a person again.
    NEW.reread_at := NULL;
    NEW.reread_by := NULL;
  END IF;
  RETURN NEW;
END $$;

create or replace trigger is_read_once before update on raw_events
  for each row execute function guard_raw_event();
