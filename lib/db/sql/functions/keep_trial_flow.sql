-- Makes trial_flow right for some trials, at the commit of whatever changes them, as keep_counted_device does for devices.
create or replace function keep_trial_flow(of_trials uuid[]) returns void language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp set enable_seqscan = off as $$
begin
  perform from audit_head for update;

  delete from trial_flow k where k.trial_id = any (of_trials) and not exists (select from trials t where t.id = k.trial_id);

  insert into trial_flow as k (trial_id, simulated, state, outcome, registered, released, screened_out_by, deviated, used_before, against)
  select f.trial_id, f.simulated, f.state, f.outcome, f.registered, f.released, f.screened_out_by, f.deviated, f.used_before, f.against
  from trial_flow_fold f where f.trial_id = any (of_trials) order by f.trial_id
  on conflict (trial_id) do update set (simulated, state, outcome, registered, released, screened_out_by, deviated, used_before, against)
    = (excluded.simulated, excluded.state, excluded.outcome, excluded.registered, excluded.released, excluded.screened_out_by, excluded.deviated, excluded.used_before, excluded.against)
  where (k.simulated, k.state, k.outcome, k.registered, k.released, k.screened_out_by, k.deviated, k.used_before, k.against)
    is distinct from (excluded.simulated, excluded.state, excluded.outcome, excluded.registered, excluded.released, excluded.screened_out_by, excluded.deviated, excluded.used_before, excluded.against);
end $$;

revoke all on function keep_trial_flow(uuid[]) from public;
