-- Marks the line of each trial of which something changes, in the transaction that changes it. Every change of a row that
-- belongs to a trial is entered in the trail, and the line names the trial's newest entry: so an entry marks the trial. The
-- transaction holds the head of the trail by then, so another one that enters something is over, or begins later.
-- A reading marks in keep_outcomes_of_trial.sql, under the lock of its device.
create or replace function mark_trial_lines() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform mark_trial_line(t.number) from trials t where t.id in (new.trial_id, (new.old ->> 'trial_id')::uuid);
  -- A reset of a password shows at the signatures after it.
  if new.table_name = 'person_links' then
    perform mark_trial_line(t.number) from (
      select distinct g.trial_id from signatures g where g.by_id in (new.old ->> 'person_id', new.new ->> 'person_id',
        (select l.person_id from person_links l where l.id::text = new.row_id))
    ) signed join trials t on t.id = signed.trial_id;
  end if;
  if new.kind not in ('update', 'delete') then return null; end if;
  if new.table_name in ('devices', 'readings', 'verdicts') then
    perform mark_trial_line(t.number) from trials t where t.device_id = new.device_id;
  elsif new.table_name = 'protocol_versions' then
    perform mark_trial_line(t.number) from trials t where t.protocol_version_id::text = new.row_id;
  elsif new.table_name = 'arm_lists' then
    perform mark_trial_line(t.number) from arm_assignments a join trials t on t.id = a.trial_id
    where a.list_id::text = new.row_id;
  end if;
  return null;
end $$;

create or replace trigger marks_lines after insert on audit_log for each row
  when (new.trial_id is not null or new.table_name = 'person_links' or new.kind in ('update', 'delete')
    and new.table_name in ('devices', 'readings', 'verdicts', 'protocol_versions', 'arm_lists'))
  execute function mark_trial_lines();

-- What the last check of a signature found is entered nowhere.
create or replace function mark_checked_trial() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform mark_trial_line(t.number) from signatures g join trials t on t.id = g.trial_id
  where g.id = case tg_op when 'DELETE' then old.signature_id else new.signature_id end;
  return null;
end $$;

create or replace trigger marks_lines after insert or update or delete on signature_checks
  for each row execute function mark_checked_trial();
