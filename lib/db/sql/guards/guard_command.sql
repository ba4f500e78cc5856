-- A command: its identity never changes, its state only goes where the table of lib/domain/trial/command-slot leads
create or replace function guard_command() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE leads_to text[] := {{command_transitions}};
BEGIN
  IF (NEW.command_uuid, NEW.device_id, NEW.mdm_server_id, NEW.enrollment_id, NEW.trial_id, NEW.slot_ordinal, NEW.purpose, NEW.request_type, NEW.plist, NEW.plist_sha256)
     IS DISTINCT FROM
     (OLD.command_uuid, OLD.device_id, OLD.mdm_server_id, OLD.enrollment_id, OLD.trial_id, OLD.slot_ordinal, OLD.purpose, OLD.request_type, OLD.plist, OLD.plist_sha256) THEN
    RAISE EXCEPTION 'the identity and the bytes of command % never change', OLD.command_uuid USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state <> OLD.state AND NOT (NEW.state = ANY (leads_to)) THEN
    RAISE EXCEPTION 'command % cannot go from % to %', OLD.command_uuid, OLD.state, NEW.state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (NEW.state <> 'reserved' OR OLD.state = 'reserved')
     AND (NEW.reserved_at, NEW.hold_ends_at) IS DISTINCT FROM (OLD.reserved_at, OLD.hold_ends_at) THEN
    RAISE EXCEPTION 'the hold of command % does not change while it runs', OLD.command_uuid USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (OLD.answered_at IS NOT NULL AND NEW.answered_at IS DISTINCT FROM OLD.answered_at)
     OR (OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at) THEN
    RAISE EXCEPTION 'command % has been answered or withdrawn; that stands', OLD.command_uuid USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.withdrawn_at IS NOT NULL AND length(btrim(coalesce(NEW.withdrawn_reason, ''))) < {{min_reason}} THEN
    RAISE EXCEPTION 'a command is withdrawn with a reason' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger keeps_to_its_table before update on commands
  for each row execute function guard_command();
