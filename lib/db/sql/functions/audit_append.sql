-- The only function that writes an entry. A committing transaction locks the head until its end; that lock is
-- always the last it takes, so there is no deadlock. A session keeps the plan that it made while the trail was short:
-- made with sequential scans, each entry of a long transaction would read all of the trail.
create or replace function audit_append(of_kind text, of_table text, of_row text, of_device uuid, of_trial uuid, was jsonb, is_now jsonb, why text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET enable_seqscan = off AS $$
DECLARE
  head audit_head%ROWTYPE;
  last record;
  actor jsonb := nullif(current_setting('oneway.actor', true), '')::jsonb;
  entry audit_log%ROWTYPE;
BEGIN
  SELECT * INTO STRICT head FROM audit_head FOR UPDATE;
  -- Only entries of this transaction are later than the head. Where entries were removed from the end, the
  -- chain continues from the head, so that the gap stays visible.
  SELECT seq, hash INTO last FROM audit_log WHERE seq > head.seq ORDER BY seq DESC LIMIT 1;
  IF FOUND THEN head.seq := last.seq; head.hash := last.hash; END IF;
  entry.seq := head.seq + 1;
  entry.at := clock_timestamp();
  -- Without an actor it was not the app: the login itself acted, by SQL.
  entry.by_id := coalesce(actor ->> 'id', 'login:' || session_user);
  entry.by_name := coalesce(actor ->> 'name', session_user);
  entry.by_role := coalesce(actor ->> 'role', 'database');
  entry.login := session_user;
  entry.kind := of_kind;
  entry.table_name := of_table;
  entry.row_id := of_row;
  entry.device_id := of_device;
  entry.trial_id := of_trial;
  entry.old := was;
  entry.new := is_now;
  entry.reason := coalesce(why, nullif(current_setting('oneway.reason', true), ''));
  entry.previous := head.hash;
  entry.hash := encode(sha256(convert_to(
    audit_field(entry.seq::text) || audit_field(audit_time(entry.at)) || audit_field(entry.by_id)
    || audit_field(entry.by_name) || audit_field(entry.by_role) || audit_field(entry.login)
    || audit_field(entry.kind) || audit_field(entry.table_name) || audit_field(entry.row_id)
    || audit_field(entry.device_id::text) || audit_field(entry.trial_id::text)
    || audit_field(entry.old::text) || audit_field(entry.new::text) || audit_field(entry.reason)
    || audit_field(entry.previous), 'UTF8')), 'hex');
  INSERT INTO audit_log VALUES (entry.*);
END $$;

revoke all on function audit_append(text, text, text, uuid, uuid, jsonb, jsonb, text) from public;
