-- Enters an action that changes no row: a sign-in, a refusal, an export. The app's only way to write to the trail.
create or replace function record_action(of_kind text, of_table text, of_row text, of_device uuid, of_trial uuid, about jsonb, why text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF of_kind IN ('insert', 'update', 'delete', 'baseline', 'began') THEN
    RAISE EXCEPTION '% is no kind of action: only the database itself enters it', of_kind USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  INSERT INTO audit_queue (kind, table_name, row_id, device_id, trial_id, data, reason)
  VALUES (of_kind, of_table, of_row, of_device, of_trial, about, why);
END $$;

revoke all on function record_action(text, text, text, uuid, uuid, jsonb, text) from public;
