-- A lost baseline does not change; a lead acknowledges it once.
create or replace function guard_outside_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.acknowledged_at IS NOT NULL
     OR NEW.acknowledged_at IS NULL
     OR to_jsonb(NEW) - 'acknowledged_at' - 'acknowledged_by' IS DISTINCT FROM to_jsonb(OLD) - 'acknowledged_at' - 'acknowledged_by' THEN
    RAISE EXCEPTION 'outside_updates only grows: what was found stands' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

create or replace trigger is_seen_once before update on outside_updates
  for each row execute function guard_outside_update();
