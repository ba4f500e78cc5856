-- What the database promises by itself, whoever writes to it: page, script or psql.

-- 1. The record only grows ------------------------------------------------------------------------
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% only grows: % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'integrity_constraint_violation', HINT = 'a correction is a new row that points at the old one';
END $$;
--> statement-breakpoint
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['readings', 'trial_events', 'observations', 'outcome_decisions', 'verdicts', 'command_events', 'protocol_versions'] LOOP
    EXECUTE format('CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['devices', 'trials', 'commands', 'raw_events', 'protocols', 'mdm_servers'] LOOP
    EXECUTE format('CREATE TRIGGER is_never_deleted BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', name);
    EXECUTE format('CREATE TRIGGER is_never_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
  END LOOP;
END $$;
--> statement-breakpoint
-- The bytes of a webhook body never change; what was read of them may be written beside, once more after a mended reader.
CREATE FUNCTION keep_the_bytes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.mdm_server_id, NEW.received_at, NEW.body, NEW.sha256) IS DISTINCT FROM
     (OLD.id, OLD.mdm_server_id, OLD.received_at, OLD.body, OLD.sha256) THEN
    RAISE EXCEPTION 'the bytes of raw event % never change', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER keeps_its_bytes BEFORE UPDATE ON raw_events FOR EACH ROW EXECUTE FUNCTION keep_the_bytes();
--> statement-breakpoint

-- 2. Simulated is not evidence: the mark comes from the MDM server and cannot be washed off ---------
CREATE FUNCTION mark_device() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE by_server boolean;
BEGIN
  SELECT simulated INTO by_server FROM mdm_servers WHERE id = NEW.mdm_server_id;
  IF TG_OP = 'INSERT' THEN
    NEW.simulated := coalesce(by_server, NEW.simulated);
  ELSIF by_server IS DISTINCT FROM OLD.simulated AND by_server IS NOT NULL THEN
    RAISE EXCEPTION 'device % is % and cannot move to a % MDM server', OLD.id,
      CASE WHEN OLD.simulated THEN 'simulated' ELSE 'real' END, CASE WHEN by_server THEN 'virtual' ELSE 'real' END
      USING ERRCODE = 'integrity_constraint_violation';
  ELSE
    NEW.simulated := OLD.simulated;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER marks_simulated BEFORE INSERT OR UPDATE ON devices FOR EACH ROW EXECUTE FUNCTION mark_device();
--> statement-breakpoint
CREATE FUNCTION keep_server_kind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.simulated IS DISTINCT FROM OLD.simulated THEN
    RAISE EXCEPTION 'an MDM server is virtual or real for ever' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER stays_virtual_or_real BEFORE UPDATE ON mdm_servers FOR EACH ROW EXECUTE FUNCTION keep_server_kind();
--> statement-breakpoint
CREATE FUNCTION mark_by_device() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.device_id IS DISTINCT FROM OLD.device_id THEN
    RAISE EXCEPTION 'a row of % never moves to another device', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  SELECT simulated INTO NEW.simulated FROM devices WHERE id = NEW.device_id;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER marks_simulated BEFORE INSERT OR UPDATE ON trials FOR EACH ROW EXECUTE FUNCTION mark_by_device();
--> statement-breakpoint
CREATE TRIGGER marks_simulated BEFORE INSERT ON verdicts FOR EACH ROW EXECUTE FUNCTION mark_by_device();
--> statement-breakpoint
CREATE TRIGGER marks_simulated BEFORE INSERT OR UPDATE ON commands FOR EACH ROW EXECUTE FUNCTION mark_by_device();
--> statement-breakpoint
CREATE FUNCTION mark_reading() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT simulated INTO NEW.simulated FROM devices WHERE id = NEW.device_id;
  IF NEW.simulated AND NEW.source = 'mdm' THEN NEW.source := 'simulated'; END IF;
  IF NOT NEW.simulated AND NEW.source = 'simulated' THEN
    RAISE EXCEPTION 'a real device has no simulated reading' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER marks_simulated BEFORE INSERT ON readings FOR EACH ROW EXECUTE FUNCTION mark_reading();
--> statement-breakpoint
CREATE FUNCTION mark_by_trial() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT simulated INTO NEW.simulated FROM trials WHERE id = NEW.trial_id;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER marks_simulated BEFORE INSERT ON observations FOR EACH ROW EXECUTE FUNCTION mark_by_trial();
--> statement-breakpoint
CREATE FUNCTION mark_by_server() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT simulated INTO NEW.simulated FROM mdm_servers WHERE id = NEW.mdm_server_id;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER marks_simulated BEFORE INSERT OR UPDATE ON raw_events FOR EACH ROW EXECUTE FUNCTION mark_by_server();
--> statement-breakpoint

-- 3. The newest reading of each field ---------------------------------------------------------------
CREATE FUNCTION keep_current_reading() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO current_readings (device_id, field, reading_id, value, unknown_because, source, asked_at, answered_at, by_name)
  VALUES (NEW.device_id, NEW.field, NEW.id, NEW.value, NEW.unknown_because, NEW.source, NEW.asked_at, NEW.answered_at, NEW.by_name)
  ON CONFLICT (device_id, field) DO UPDATE SET reading_id = excluded.reading_id, value = excluded.value,
    unknown_because = excluded.unknown_because, source = excluded.source, asked_at = excluded.asked_at,
    answered_at = excluded.answered_at, by_name = excluded.by_name
  -- A late reply to an old question never overwrites a newer reading.
  WHERE current_readings.answered_at <= excluded.answered_at;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER keeps_current AFTER INSERT ON readings FOR EACH ROW EXECUTE FUNCTION keep_current_reading();
--> statement-breakpoint

-- 4. A command: its identity never changes, its state only goes where the table of lib/domain/command-slot leads
CREATE FUNCTION guard_command() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE leads_to text[] := CASE OLD.state
  WHEN 'reserved' THEN ARRAY['sending', 'cancelled', 'lapsed']
  WHEN 'cancelled' THEN ARRAY['reserved']
  WHEN 'lapsed' THEN ARRAY['reserved']
  WHEN 'sending' THEN ARRAY['queued', 'refused', 'notSent', 'unconfirmed']
  WHEN 'notSent' THEN ARRAY['reserved']
  WHEN 'unconfirmed' THEN ARRAY['queued']
  ELSE ARRAY[]::text[] END;
BEGIN
  IF (NEW.command_uuid, NEW.device_id, NEW.mdm_server_id, NEW.enrollment_id, NEW.trial_id, NEW.slot_ordinal, NEW.purpose, NEW.request_type, NEW.plist, NEW.plist_sha256)
     IS DISTINCT FROM
     (OLD.command_uuid, OLD.device_id, OLD.mdm_server_id, OLD.enrollment_id, OLD.trial_id, OLD.slot_ordinal, OLD.purpose, OLD.request_type, OLD.plist, OLD.plist_sha256) THEN
    RAISE EXCEPTION 'the identity and the bytes of command % never change', OLD.command_uuid USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state <> OLD.state AND NOT (NEW.state = ANY (leads_to)) THEN
    RAISE EXCEPTION 'command % cannot go from % to %', OLD.command_uuid, OLD.state, NEW.state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (OLD.answered_at IS NOT NULL AND NEW.answered_at IS DISTINCT FROM OLD.answered_at)
     OR (OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at) THEN
    RAISE EXCEPTION 'command % has been answered or withdrawn; that stands', OLD.command_uuid USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.withdrawn_at IS NOT NULL AND length(btrim(coalesce(NEW.withdrawn_reason, ''))) < 3 THEN
    RAISE EXCEPTION 'a command is withdrawn with a reason' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER keeps_to_its_table BEFORE UPDATE ON commands FOR EACH ROW EXECUTE FUNCTION guard_command();
--> statement-breakpoint
CREATE FUNCTION begin_command() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> 'reserved' OR NEW.answered_at IS NOT NULL THEN
    RAISE EXCEPTION 'a command begins as reserved' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER begins_reserved BEFORE INSERT ON commands FOR EACH ROW EXECUTE FUNCTION begin_command();
--> statement-breakpoint

-- 5. A trial: the transition table of lib/domain/trial, the seal, and the end of writing --------------
CREATE FUNCTION guard_trial() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE leads_to text[] := CASE OLD.state
  WHEN 'draft' THEN ARRAY['registered', 'withdrawn', 'lost']
  WHEN 'registered' THEN ARRAY['armed', 'withdrawn', 'void', 'lost']
  WHEN 'armed' THEN ARRAY['registered', 'released', 'withdrawn', 'void', 'lost']
  WHEN 'released' THEN ARRAY['registered', 'observing', 'withdrawn', 'void', 'lost']
  WHEN 'observing' THEN ARRAY['registered', 'concluded', 'withdrawn', 'void']
  ELSE ARRAY[]::text[] END;
BEGIN
  IF OLD.state IN ('concluded', 'withdrawn', 'void', 'lost') THEN
    RAISE EXCEPTION 'trial T-% is %: nothing is written to it any more', OLD.number, OLD.state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state <> OLD.state AND NOT (NEW.state = ANY (leads_to)) THEN
    RAISE EXCEPTION 'trial T-% cannot go from % to %', OLD.number, OLD.state, NEW.state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (NEW.id, NEW.number, NEW.drafted_at, NEW.drafted_by) IS DISTINCT FROM (OLD.id, OLD.number, OLD.drafted_at, OLD.drafted_by)
     OR (OLD.state <> 'draft' AND (NEW.protocol_version_id, NEW.expectation, NEW.registration, NEW.registration_hash, NEW.registered_at, NEW.registered_by)
         IS DISTINCT FROM (OLD.protocol_version_id, OLD.expectation, OLD.registration, OLD.registration_hash, OLD.registered_at, OLD.registered_by)) THEN
    RAISE EXCEPTION 'what trial T-% registered is sealed', OLD.number USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF OLD.consumed AND ((NOT NEW.consumed AND NOT (OLD.state = 'observing' AND NEW.state = 'registered'))
     OR (NEW.consumed AND (NEW.start_os, NEW.start_build, NEW.starting_state) IS DISTINCT FROM (OLD.start_os, OLD.start_build, OLD.starting_state))) THEN
    RAISE EXCEPTION 'trial T-% has spent its starting state', OLD.number USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state = 'observing' AND NOT NEW.consumed THEN
    RAISE EXCEPTION 'a trial that is observing has spent its starting state' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER keeps_to_its_table BEFORE UPDATE ON trials FOR EACH ROW EXECUTE FUNCTION guard_trial();
--> statement-breakpoint
CREATE FUNCTION begin_trial() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> 'draft' OR NEW.consumed THEN
    RAISE EXCEPTION 'a trial begins as a draft' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER begins_as_draft BEFORE INSERT ON trials FOR EACH ROW EXECUTE FUNCTION begin_trial();
--> statement-breakpoint
-- An intervention can only be written for the trial's own device, and only claimed while its trial is under way.
CREATE FUNCTION guard_intervention() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE trial trials%ROWTYPE;
BEGIN
  IF NEW.purpose <> 'intervention' THEN RETURN NEW; END IF;
  SELECT * INTO trial FROM trials WHERE id = NEW.trial_id;
  IF trial.device_id <> NEW.device_id THEN
    RAISE EXCEPTION 'trial T-% is about another device', trial.number USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state = 'sending' AND (TG_OP = 'INSERT' OR OLD.state <> 'sending') AND NOT (trial.state = 'observing' AND trial.consumed) THEN
    RAISE EXCEPTION 'trial T-% is %, so its command is not sent', trial.number, trial.state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER serves_its_trial BEFORE INSERT OR UPDATE ON commands FOR EACH ROW EXECUTE FUNCTION guard_intervention();
--> statement-breakpoint

-- 6. Notices to open pages --------------------------------------------------------------------------
CREATE FUNCTION tell_device() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('oneway', json_build_object('about', 'device', 'deviceId', NEW.device_id)::text);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION tell_trial() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('oneway', json_build_object('about', 'trial', 'trialId', NEW.trial_id)::text);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION tell_both() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.device_id IS NOT NULL THEN
    PERFORM pg_notify('oneway', json_build_object('about', 'device', 'deviceId', NEW.device_id)::text);
  END IF;
  IF NEW.trial_id IS NOT NULL THEN
    PERFORM pg_notify('oneway', json_build_object('about', 'trial', 'trialId', NEW.trial_id)::text);
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER tells AFTER INSERT ON readings FOR EACH ROW EXECUTE FUNCTION tell_device();
--> statement-breakpoint
CREATE TRIGGER tells AFTER INSERT ON trial_events FOR EACH ROW EXECUTE FUNCTION tell_trial();
--> statement-breakpoint
CREATE TRIGGER tells AFTER INSERT ON observations FOR EACH ROW EXECUTE FUNCTION tell_trial();
--> statement-breakpoint
CREATE TRIGGER tells AFTER INSERT OR UPDATE ON commands FOR EACH ROW EXECUTE FUNCTION tell_both();
--> statement-breakpoint
CREATE TRIGGER tells AFTER UPDATE ON raw_events FOR EACH ROW WHEN (NEW.read_state <> OLD.read_state) EXECUTE FUNCTION tell_both();
