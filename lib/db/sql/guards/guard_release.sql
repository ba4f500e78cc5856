-- An intervention becomes reserved by a signature of its releaser for this trial, slot, command and verdict, made for
-- this release; where two people are required, by a counter-signature of another person for the same; and never by
-- the person who waived a rule of it. Nor on a reserved device without a lead's waiver of that reservation: `isHeld` of
-- lib/domain/device/hold, by the time of the release itself, as the rules judged it.
create or replace function guard_release() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  released signatures%ROWTYPE;
  countersigned signatures%ROWTYPE;
  last_signature bigint := 0;
  two boolean;
BEGIN
  IF NEW.purpose <> 'intervention' THEN
    IF NEW.signature_id IS NOT NULL OR NEW.counter_signature_id IS NOT NULL THEN
      RAISE EXCEPTION 'a question to a device is not released' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' AND NOT (NEW.state = 'reserved' AND OLD.state <> 'reserved') THEN
    IF (NEW.signature_id, NEW.counter_signature_id, NEW.needs_two_people, NEW.reserved_by_id, NEW.verdict_hash) IS DISTINCT FROM
       (OLD.signature_id, OLD.counter_signature_id, OLD.needs_two_people, OLD.reserved_by_id, OLD.verdict_hash) THEN
      RAISE EXCEPTION 'who released command % never changes', OLD.command_uuid USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF EXISTS (
    SELECT FROM devices d WHERE d.id = NEW.device_id AND d.hold_reason IS NOT NULL
      AND (d.hold_until IS NULL OR d.hold_until > NEW.reserved_at)
      AND NOT EXISTS (SELECT FROM waivers w WHERE w.trial_id = NEW.trial_id AND w.rule_id = 'Q20' AND (d.held_at IS NULL OR w.at >= d.held_at))
  ) THEN
    RAISE EXCEPTION 'the device is reserved for a later question, and no lead has waived that for this trial' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP = 'UPDATE' THEN last_signature := coalesce(OLD.signature_id, 0); END IF;
  SELECT * INTO released FROM signatures WHERE id = NEW.signature_id;
  IF NOT FOUND OR released.id <= last_signature
     OR (released.act, released.trial_id, released.slot_ordinal, released.command_uuid, released.verdict_hash, released.by_id)
        IS DISTINCT FROM ('release'::text, NEW.trial_id, NEW.slot_ordinal, NEW.command_uuid, NEW.verdict_hash, NEW.reserved_by_id) THEN
    RAISE EXCEPTION 'a command is released by a signature made for this release' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF EXISTS (SELECT FROM waivers w WHERE w.trial_id = NEW.trial_id AND w.by_id = released.by_id) THEN
    RAISE EXCEPTION 'who waived a rule of a trial does not release it' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  SELECT NEW.needs_two_people OR coalesce((v.plan ->> 'twoPersonRelease')::boolean, false)
      OR EXISTS (SELECT FROM lab_settings WHERE name = 'twoPersonRelease' AND value = '"always"'::jsonb)
    INTO two
    FROM trials t JOIN protocol_versions v ON v.id = t.protocol_version_id WHERE t.id = NEW.trial_id;
  IF NEW.counter_signature_id IS NULL THEN
    IF two THEN
      RAISE EXCEPTION 'this release needs the counter-signature of a second person' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  SELECT * INTO countersigned FROM signatures WHERE id = NEW.counter_signature_id;
  IF NOT FOUND OR countersigned.id <= last_signature OR countersigned.by_id = released.by_id
     OR (countersigned.act, countersigned.trial_id, countersigned.slot_ordinal, countersigned.verdict_hash)
        IS DISTINCT FROM ('counterSign'::text, NEW.trial_id, NEW.slot_ordinal, NEW.verdict_hash) THEN
    RAISE EXCEPTION 'a counter-signature is another person''s, for the same command and verdict' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger is_signed before insert or update on commands
  for each row execute function guard_release();
